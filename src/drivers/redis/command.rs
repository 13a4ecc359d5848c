//! One Redis command with its arguments as byte strings.

use std::fmt;
use std::time::Duration;

use bytes::{BufMut, BytesMut};

use super::verb::{Kind, Verb};
use crate::drivers::Failure;

/// A command to send, written as it goes over the wire from the first argument on.
#[derive(Debug, Clone)]
pub struct Command {
    /// Each argument as a bulk string, the name first.
    packed: Vec<u8>,
    /// How many arguments, the name included.
    arguments: usize,
    kind: Kind,
}

/// How long a command may wait on the server by its own wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    /// At most so long; most commands do not wait at all.
    Most(Duration),
    /// Until something comes.
    Forever,
}

impl Command {
    /// A command without arguments yet, such as `GET`; one of two words, such as `CLIENT LIST`, is two arguments.
    pub fn new(name: &[u8]) -> Self {
        Self::of(&Verb::new(name))
    }

    /// The same of a name that was looked at before.
    pub fn of(verb: &Verb) -> Self {
        /// Room for a name and a short key.
        const USUAL: usize = 64;
        let mut command = Self { packed: Vec::with_capacity(USUAL), arguments: 0, kind: verb.kind() };
        command.arg(verb.name());
        command
    }

    /// Adds an argument.
    pub fn arg(&mut self, argument: &[u8]) -> &mut Self {
        self.packed.push(b'$');
        self.packed.extend_from_slice(itoa::Buffer::new().format(argument.len()).as_bytes());
        self.packed.extend_from_slice(b"\r\n");
        self.packed.extend_from_slice(argument);
        self.packed.extend_from_slice(b"\r\n");
        self.arguments += 1;
        self
    }

    /// Adds several arguments.
    pub fn args<A: AsRef<[u8]>>(&mut self, arguments: impl IntoIterator<Item = A>) -> &mut Self {
        for argument in arguments {
            self.arg(argument.as_ref());
        }
        self
    }

    /// Its name in capitals.
    pub fn name(&self) -> String {
        self.arguments().next().map(|name| String::from_utf8_lossy(name).to_ascii_uppercase()).unwrap_or_default()
    }

    /// Appends it as it goes over the wire.
    pub(super) fn write(&self, out: &mut BytesMut) {
        out.put_u8(b'*');
        out.put_slice(itoa::Buffer::new().format(self.arguments).as_bytes());
        out.put_slice(b"\r\n");
        out.put_slice(&self.packed);
    }

    /// Refuses a command that would change the connection for whoever uses it next.
    pub(super) fn check(&self) -> Result<(), Failure> {
        let advice = match self.kind {
            Kind::Unfit(advice) => advice,
            Kind::Client if self.arguments().nth(1).is_some_and(|word| word.eq_ignore_ascii_case(b"REPLY")) => {
                "every command here waits for its reply"
            }
            _ => return Ok(()),
        };
        Err(Failure::Misuse {
            message: format!("`{}` would change a connection that others use next", self.name()),
            hint: Some(advice.into()),
        })
    }

    /// How long the command itself asks the server to wait.
    pub(super) fn block(&self) -> Block {
        let at = match self.kind {
            Kind::Plain | Kind::Client | Kind::Unfit(_) => return Block::Most(Duration::ZERO),
            Kind::SecondsFirst => 1,
            Kind::SecondsLast | Kind::MillisLast => self.arguments - 1,
            Kind::BlockOption => {
                let mut before_keys = self.arguments().take_while(|word| !word.eq_ignore_ascii_case(b"STREAMS"));
                match before_keys.position(|word| word.eq_ignore_ascii_case(b"BLOCK")) {
                    Some(at) => at + 1,
                    None => return Block::Most(Duration::ZERO),
                }
            }
        };
        let unit = if matches!(self.kind, Kind::SecondsFirst | Kind::SecondsLast) { 1.0 } else { 1000.0 };
        let number = self.arguments().nth(at).and_then(|bytes| std::str::from_utf8(bytes).ok()?.parse::<f64>().ok());
        match number.and_then(|number| Duration::try_from_secs_f64(number / unit).ok()) {
            Some(Duration::ZERO) => Block::Forever,
            Some(duration) => Block::Most(duration),
            // What is no number is for the server to refuse, which it does at once.
            None => Block::Most(Duration::ZERO),
        }
    }

    /// The arguments, the name first.
    fn arguments(&self) -> Arguments<'_> {
        Arguments(&self.packed)
    }
}

/// Goes through the bulk strings of a command.
struct Arguments<'a>(&'a [u8]);

impl<'a> Iterator for Arguments<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let line = self.0.strip_prefix(b"$")?;
        let digits = line.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let length = std::str::from_utf8(&line[..digits]).ok()?.parse::<usize>().ok()?;
        let (argument, rest) = line.get(digits + 2..)?.split_at_checked(length)?;
        self.0 = rest.get(2..)?;
        Some(argument)
    }
}

/// How much of a command is shown.
const SHOWN: usize = 100;

impl fmt::Display for Command {
    /// Name and arguments on one line, cut off where they get long.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = self.name();
        for argument in self.arguments().skip(1) {
            line.push(' ');
            line.push_str(&String::from_utf8_lossy(argument).escape_debug().to_string());
            if line.len() > SHOWN {
                let cut: String = line.chars().take(SHOWN).collect();
                return write!(f, "{cut}…");
            }
        }
        f.write_str(&line)
    }
}

impl Block {
    /// The wait of two commands, one after the other.
    pub(super) fn then(self, next: Block) -> Block {
        match (self, next) {
            (Self::Most(first), Self::Most(second)) => Self::Most(first.saturating_add(second)),
            _ => Self::Forever,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(line: &str) -> Command {
        let mut words = line.split(' ');
        let mut command = Command::new(words.next().unwrap().as_bytes());
        command.args(words);
        command
    }

    #[test]
    fn commands_that_wait_on_the_server_say_how_long() {
        for (line, expected) in [
            ("get block", Block::Most(Duration::ZERO)),
            ("blpop a b 1.5", Block::Most(Duration::from_millis(1500))),
            ("BRPOP a 0", Block::Forever),
            ("BLMOVE a b LEFT RIGHT 2", Block::Most(Duration::from_secs(2))),
            ("BLMPOP 3 1 a LEFT", Block::Most(Duration::from_secs(3))),
            ("WAIT 1 250", Block::Most(Duration::from_millis(250))),
            ("xread count 5 block 70 streams s $", Block::Most(Duration::from_millis(70))),
            ("XREADGROUP GROUP g block BLOCK 0 STREAMS s >", Block::Most(Duration::ZERO)),
            ("XREAD STREAMS block 0", Block::Most(Duration::ZERO)),
            ("BLPOP a nonsense", Block::Most(Duration::ZERO)),
            ("BLPOP a -1", Block::Most(Duration::ZERO)),
            ("BLPOP", Block::Most(Duration::ZERO)),
        ] {
            // A group or consumer named `block` is taken for the option, whose number is then none.
            assert_eq!(command(line).block(), expected, "{line}");
        }
        assert_eq!(Block::Most(Duration::ZERO).then(Block::Forever), Block::Forever);
    }

    #[test]
    fn a_command_that_changes_the_connection_is_refused_with_the_way_that_is_meant() {
        for line in ["multi", "Select 3", "CLIENT reply off", "SUBSCRIBE news", "unsubscribe"] {
            assert!(matches!(command(line).check(), Err(Failure::Misuse { hint: Some(_), .. })), "{line}");
        }
        for line in ["get a", "client list", "publish news x"] {
            assert!(command(line).check().is_ok(), "{line}");
        }
    }
}

//! Reading stubs: LuaCATS annotations over empty functions.

use crate::bundle;

/// One file of stubs.
pub struct Stub {
    /// Its file name without the extension.
    pub name: String,
    /// The module it describes, if `require` finds one.
    pub module: Option<String>,
    /// What it describes, in its order.
    pub items: Vec<Item>,
}

/// Something described.
pub struct Item {
    /// What it is.
    pub kind: Kind,
    /// What is said of it.
    pub doc: Vec<String>,
    /// Fields of a class, parameters of a function.
    pub parts: Vec<Part>,
    /// What a function returns.
    pub returns: Vec<Part>,
}

/// What is described.
pub enum Kind {
    /// The module's own table.
    Module,
    /// A class, with its parent.
    Class(String, Option<String>),
    /// Another name for a type.
    Alias(String, String),
    /// A function: its full name, such as `json.encode` or `throng.Random:integer`, and its arguments.
    Function(String, String),
}

/// A field, a parameter or a result.
pub struct Part {
    /// Its name, with `?` if it may be absent; results may have none.
    pub name: String,
    /// Its type.
    pub of: String,
    /// What is said of it.
    pub doc: String,
}

/// The stubs of what is written in Rust, in the order of their files.
pub fn native() -> Vec<Stub> {
    bundle::stubs().iter().filter(|(path, _)| path.contains("/meta/")).map(|(path, text)| read(path, text)).collect()
}

/// What the modules written in Lua say of themselves. What lies in a folder of its own is a part of one.
pub fn stdlib() -> Vec<Stub> {
    let whole = |module: &String| module.matches('.').count() == 1;
    let modules = bundle::stdlib_modules().into_iter().filter(whole).map(|module| {
        let path = format!("{}.lua", module.replace('.', "/"));
        let text = bundle::stdlib(&path).expect("it was listed");
        Stub { module: Some(module), ..read(&path, &text) }
    });
    modules.collect()
}

fn read(path: &str, text: &str) -> Stub {
    let name = path.rsplit('/').next().and_then(|file| file.strip_suffix(".lua")).unwrap_or(path).to_owned();
    let mut stub = Stub { name, module: None, items: Vec::new() };
    // The class that a local variable stands for.
    let mut variables: Vec<(String, String)> = Vec::new();
    let mut block = Vec::new();
    for line in text.lines().chain([""]) {
        if let Some(comment) = line.strip_prefix("---") {
            block.push(comment);
            continue;
        }
        let mut item = annotated(&mut stub, &std::mem::take(&mut block));
        if let Some(variable) = line.strip_prefix("local ").and_then(|rest| rest.strip_suffix(" = {}")) {
            match item.as_ref().map(|item| &item.kind) {
                Some(Kind::Class(class, _)) if stub.module.as_ref() != Some(class) => {
                    variables.push((variable.to_owned(), class.clone()));
                }
                _ => item = item.map(|item| Item { kind: Kind::Module, ..item }),
            }
        } else if line.starts_with("local") {
            item = None;
        } else if let Some((name, arguments)) = signature(line) {
            let owner = variables.iter().find(|(variable, _)| name.starts_with(&format!("{variable}:")));
            let name = match owner {
                Some((variable, class)) => name.replacen(variable, class, 1),
                None => name.replacen("M.", &format!("{}.", stub.name), 1),
            };
            let item = item.get_or_insert_with(Item::default);
            item.kind = Kind::Function(name, arguments.to_owned());
        }
        stub.items.extend(item);
    }
    stub
}

/// Name and arguments of a function that is not local.
fn signature(line: &str) -> Option<(&str, &str)> {
    let signature = line.strip_prefix("function ")?;
    let (name, rest) = signature.split_at(signature.find('(')?);
    Some((name, &rest[..=rest.find(')')?]))
}

impl Default for Item {
    fn default() -> Self {
        Self { kind: Kind::Module, doc: Vec::new(), parts: Vec::new(), returns: Vec::new() }
    }
}

/// What a block of annotations describes so far.
fn annotated(stub: &mut Stub, block: &[&str]) -> Option<Item> {
    let mut item = Item::default();
    let mut described = false;
    for comment in block {
        let Some((tag, rest)) = comment.strip_prefix('@').map(|tag| tag.split_once(' ').unwrap_or((tag, ""))) else {
            item.doc.push(comment.strip_prefix(' ').unwrap_or(comment).to_owned());
            described = true;
            continue;
        };
        match tag {
            "meta" => stub.module = Some(rest.to_owned()).filter(|name| !name.is_empty()),
            "class" => {
                let (name, parent) = match rest.split_once(':') {
                    Some((name, parent)) => (name, Some(parent.trim().to_owned())),
                    None => (rest, None),
                };
                item.kind = Kind::Class(name.trim().to_owned(), parent);
            }
            "alias" => {
                let (name, of) = rest.split_once(' ').expect("an alias has a type");
                item.kind = Kind::Alias(name.to_owned(), of.to_owned());
            }
            "field" if rest.starts_with("private ") => {}
            "field" | "param" => {
                // A key such as `[string]` may have blanks in it.
                let key = rest.starts_with('[').then(|| rest.find(']')).flatten().unwrap_or(0);
                let end = key + rest[key..].find(' ').expect("a part has a type");
                let (name, rest) = (&rest[..end], &rest[end + 1..]);
                let (of, doc) = split_type(rest);
                item.parts.push(Part { name: name.to_owned(), of: of.to_owned(), doc: doc.to_owned() });
            }
            "return" => {
                let (of, rest) = split_type(rest);
                let (name, doc) = match rest.strip_prefix('#') {
                    Some(doc) => ("", doc.trim_start()),
                    None => rest.split_once(' ').unwrap_or((rest, "")),
                };
                item.returns.push(Part { name: name.to_owned(), of: of.to_owned(), doc: doc.to_owned() });
            }
            "generic" | "overload" | "async" | "nodiscard" => {}
            other => panic!("`{}`: this knows no `@{other}`", stub.name),
        }
        described |= tag != "meta";
    }
    described.then_some(item)
}

/// A type and what follows: blanks within brackets and after `:`, `,` and `|` belong to the type.
fn split_type(text: &str) -> (&str, &str) {
    let (mut depth, mut last) = (0, ' ');
    for (position, letter) in text.char_indices() {
        match letter {
            '(' | '<' | '{' | '[' => depth += 1,
            ')' | '>' | '}' | ']' => depth -= 1,
            ' ' if depth == 0 && !matches!(last, ':' | ',' | '|') => return (&text[..position], &text[position + 1..]),
            _ => {}
        }
        last = letter;
    }
    (text, "")
}

#[test]
fn a_type_ends_where_its_words_do() {
    for (text, of, doc) in [
        ("string what it is", "string", "what it is"),
        ("table<string, a|b> by name", "table<string, a|b>", "by name"),
        ("fun(x: integer, y: { z: string }): string? called", "fun(x: integer, y: { z: string }): string?", "called"),
        ("integer", "integer", ""),
    ] {
        assert_eq!(split_type(text), (of, doc));
    }
}

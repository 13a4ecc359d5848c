//! The size of a reply on the wire.

use redis::Value;

/// How many bytes `value` takes in RESP3 or RESP2.
///
/// Exact but for numbers that servers may print in more than one way (doubles), which are counted in
/// Rust's shortest form. The library reads replies in a task of its own, so they cannot be counted there.
pub(super) fn on_the_wire(value: &Value, resp3: bool) -> u64 {
    let many = |count: usize, values: &mut dyn Iterator<Item = &Value>| {
        header(count as u64) + values.map(|value| on_the_wire(value, resp3)).sum::<u64>()
    };
    match value {
        Value::Nil => {
            if resp3 {
                "_\r\n".len() as u64
            } else {
                "$-1\r\n".len() as u64
            }
        }
        Value::Int(number) => line(number.to_string().len()),
        Value::BulkString(bytes) => bulk(bytes.len()),
        Value::Array(values) | Value::Set(values) => many(values.len(), &mut values.iter()),
        Value::SimpleString(text) => line(text.len()),
        Value::Okay => line("OK".len()),
        Value::Map(pairs) => {
            let count = if resp3 { pairs.len() } else { pairs.len() * 2 };
            many(count, &mut pairs.iter().flat_map(|(key, value)| [key, value]))
        }
        Value::Attribute { data, attributes } => {
            many(attributes.len(), &mut attributes.iter().flat_map(|(key, value)| [key, value]))
                + on_the_wire(data, resp3)
        }
        Value::Double(number) => line(number.to_string().len()),
        Value::Boolean(_) => line(1),
        Value::VerbatimString { text, .. } => bulk("txt:".len() + text.len()),
        Value::BigNumber(number) => line(number.to_string().len()),
        Value::Push { data, .. } => many(data.len() + 1, &mut data.iter()),
        Value::ServerError(error) => line(error.code().len() + error.details().map_or(0, |text| text.len() + 1)),
        // The library may learn further types; they are rare enough to be left out of a sum of bytes.
        _ => 0,
    }
}

/// A type character, the text, and the line's end.
fn line(text: usize) -> u64 {
    text as u64 + 3
}

fn header(count: u64) -> u64 {
    line(count.to_string().len())
}

fn bulk(length: usize) -> u64 {
    header(length as u64) + length as u64 + 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_counts_as_many_bytes_as_it_was_read_from() {
        for text in [
            "+OK\r\n",
            "+PONG\r\n",
            ":-12\r\n",
            "$5\r\nhello\r\n",
            "$0\r\n\r\n",
            "_\r\n",
            "#t\r\n",
            ",1.5\r\n",
            "(3492890328409238509324850943850943825024385\r\n",
            "=8\r\ntxt:some\r\n",
            "*3\r\n:1\r\n$1\r\na\r\n*0\r\n",
            "%2\r\n+a\r\n:1\r\n+b\r\n:2\r\n",
            "~2\r\n:1\r\n:2\r\n",
            "-WRONGTYPE no such thing\r\n",
        ] {
            let value = redis::parse_redis_value(text.as_bytes()).unwrap();
            assert_eq!(on_the_wire(&value, true), text.len() as u64, "{text:?}");
        }
        assert_eq!(on_the_wire(&redis::parse_redis_value(b"$-1\r\n").unwrap(), false), 5);
    }
}

//! One request to a server of a test, and its answer.

use std::io::{Read, Write};
use std::net::TcpStream;

/// The body of the answer, which must be a success.
pub fn exchange(address: &str, method: &str, path: &str, accept: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap_or_else(|error| panic!("{address}: {error}"));
    // HTTP/1.0 knows no chunks.
    let head = format!("{method} {path} HTTP/1.0\r\nHost: {address}\r\nAccept: {accept}\r\n");
    let request = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
    stream.write_all(request.as_bytes()).expect("it is connected");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers text");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer:?} is no answer"));
    assert!(head.lines().next().is_some_and(|line| line.contains(" 20")), "{method} {path}: {answer}");
    body.to_owned()
}

/// The same for what is only asked for.
pub fn get(address: &str, path: &str, accept: &str) -> String {
    exchange(address, "GET", path, accept, "")
}

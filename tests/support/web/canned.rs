//! A server that says what a test puts into its mouth, byte by byte.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::thread;

/// A running server; it ends with the test binary.
pub struct Canned {
    address: SocketAddr,
    connections: Arc<AtomicU64>,
}

/// Starts a server that has `speak` deal with each connection, which is told the connection's number from 1 on.
pub fn canned(speak: impl Fn(u64, &mut TcpStream) + Send + Sync + 'static) -> Canned {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, connections) = (listener.local_addr().unwrap(), Arc::<AtomicU64>::default());
    let (counted, speak) = (connections.clone(), Arc::new(speak));
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let number = counted.fetch_add(1, SeqCst) + 1;
            let speak = speak.clone();
            thread::spawn(move || speak(number, &mut stream));
        }
    });
    Canned { address, connections }
}

impl Canned {
    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Connections taken so far.
    pub fn connections(&self) -> u64 {
        self.connections.load(SeqCst)
    }

    /// Reads the head of a request; false at the end of the connection.
    pub fn hear(stream: &mut TcpStream) -> bool {
        let mut heard = Vec::new();
        let mut byte = [0];
        while !heard.ends_with(b"\r\n\r\n") {
            match stream.read(&mut byte) {
                Ok(1) => heard.push(byte[0]),
                _ => return false,
            }
        }
        true
    }

    /// Says something; a client that has gone does not hear it.
    pub fn say(stream: &mut TcpStream, text: &[u8]) {
        let _ = stream.write_all(text);
    }
}

//! Sockets against a listener that echoes: nothing is lost or changes its place, however little the system takes at once.

use std::cell::Cell;
use std::future::poll_fn;
use std::io;
use std::rc::Rc;
use std::task::Poll;

use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{LocalSet, yield_now};

use super::stream::split_tcp;
use super::{Socket, TcpOptions, in_turns};

/// A socket whose other end echoes; the system takes as little from it at once as it can.
async fn echoed() -> Socket {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("it has an address");
    tokio::task::spawn_local(async move {
        let (mut stream, _) = listener.accept().await.expect("somebody calls");
        let mut buffer = [0; 7000];
        while let Ok(count @ 1..) = stream.read(&mut buffer).await {
            stream.write_all(&buffer[..count]).await.expect("the caller listens");
        }
    });
    let stream = TcpStream::connect(address).await.expect("it listens");
    SockRef::from(&stream).set_send_buffer_size(1).expect("it can be small");
    Socket::new(split_tcp(stream))
}

/// Sends numbers in requests of `size`, with `ahead` of them on their way, and reads them all back.
async fn play(socket: &mut Socket, requests: u32, size: usize, ahead: u32) {
    let (mut sent, mut answered) = (0, 0);
    while answered < requests {
        while sent < requests && sent - answered < ahead {
            let request = sent.to_be_bytes().repeat(size / 4);
            socket
                .send(|out| {
                    out.extend_from_slice(&request);
                    Ok::<_, io::Error>(())
                })
                .expect("it can be written");
            sent += 1;
        }
        while socket.input().len() < size {
            let missing = size - socket.input().len();
            assert!(poll_fn(|context| socket.poll_fill(context, missing)).await.expect("it stands") > 0);
        }
        assert!(socket.input()[..size].chunks(4).all(|number| number == answered.to_be_bytes()), "request {answered}");
        socket.consume(size);
        answered += 1;
    }
}

fn within_turns(work: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    runtime.block_on(in_turns(LocalSet::new().run_until(work)));
}

#[test]
fn what_is_sent_in_turns_arrives_whole_and_in_order() {
    within_turns(async {
        let users: Vec<_> = [(4, 1), (4000, 7), (40_000, 3), (100_000, 2)]
            .into_iter()
            .flat_map(|user| std::iter::repeat_n(user, 5))
            .map(|(size, ahead)| {
                tokio::task::spawn_local(async move { play(&mut echoed().await, 10, size, ahead).await })
            })
            .collect();
        for user in users {
            user.await.expect("it plays to its end");
        }
    });
}

#[tokio::test]
async fn what_is_sent_outside_of_turns_arrives_whole_and_in_order() {
    LocalSet::new()
        .run_until(async {
            for (size, ahead) in [(4, 1), (4000, 7), (100_000, 2)] {
                play(&mut echoed().await, 10, size, ahead).await;
            }
        })
        .await;
}

#[test]
fn a_turn_that_never_ends_in_sleep_still_sends() {
    within_turns(async {
        let done = Rc::new(Cell::new(false));
        let busy = done.clone();
        let spinning = tokio::task::spawn_local(async move {
            while !busy.get() {
                yield_now().await;
            }
        });
        play(&mut echoed().await, 10, 400, 2).await;
        done.set(true);
        spinning.await.expect("it ends");
    });
}

#[test]
fn whoever_waits_for_room_is_told_of_it() {
    for in_turn in [true, false] {
        let work = async {
            let mut socket = echoed().await;
            for _ in 0..20 {
                socket
                    .send(|out| {
                        out.extend_from_slice(&[7; 50_000]);
                        Ok::<_, io::Error>(())
                    })
                    .expect("it can be written");
                let mut read = 0;
                poll_fn(|context| {
                    // The echo has to be read, or nothing more is taken.
                    while let Poll::Ready(count) = socket.poll_fill(context, 1) {
                        read += count.expect("it stands");
                        socket.consume(socket.input().len());
                    }
                    socket.poll_drained(context, 1000)
                })
                .await;
            }
        };
        if in_turn {
            within_turns(work);
        } else {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("it starts");
            runtime.block_on(LocalSet::new().run_until(work));
        }
    }
}

#[test]
fn what_could_not_be_written_is_told_to_the_reader() {
    within_turns(async {
        let mut socket = echoed().await;
        SockRef::from(&listenerless(&mut socket).await).shutdown(std::net::Shutdown::Both).ok();
        let ended = poll_fn(|context| socket.poll_fill(context, 1)).await;
        assert!(!matches!(ended, Ok(1..)), "{ended:?}");
    });
}

/// A connection whose other end is gone at once, put in the place of the socket's own.
async fn listenerless(socket: &mut Socket) -> TcpStream {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("it has an address");
    *socket = Socket::tcp(address, &TcpOptions::default()).await.expect("it listens");
    let (other, _) = listener.accept().await.expect("it was called");
    socket
        .send(|out| {
            out.extend_from_slice(b"hello");
            Ok::<_, io::Error>(())
        })
        .expect("it can be written");
    other
}

#[test]
fn half_a_request_is_taken_back() {
    within_turns(async {
        let mut socket = echoed().await;
        let refused = socket.send(|out| {
            out.extend_from_slice(b"half");
            Err("no")
        });
        assert_eq!(refused, Err("no"));
        play(&mut socket, 3, 4, 1).await;
    });
}

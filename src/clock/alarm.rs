//! One alarm that can be set and waited for: the part of the clock that differs by system.

#[cfg(not(target_os = "linux"))]
pub(super) use portable::Alarm;
#[cfg(target_os = "linux")]
pub(super) use timerfd::Alarm;

#[cfg(target_os = "linux")]
mod timerfd {
    use std::io;
    use std::os::fd::{AsFd, AsRawFd, RawFd};
    use std::time::{Duration, Instant};

    use nix::sys::time::TimeSpec;
    use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};
    use tokio::io::unix::AsyncFd;

    /// A timerfd, good to some 50 µs.
    pub struct Alarm(AsyncFd<Descriptor>);

    struct Descriptor(TimerFd);

    impl AsRawFd for Descriptor {
        fn as_raw_fd(&self) -> RawFd {
            self.0.as_fd().as_raw_fd()
        }
    }

    impl Alarm {
        pub fn new() -> io::Result<Self> {
            let flags = TimerFlags::TFD_NONBLOCK | TimerFlags::TFD_CLOEXEC;
            let timer = TimerFd::new(ClockId::CLOCK_MONOTONIC, flags)?;
            // SAFETY: the descriptor is the timer's own, and `AsyncFd` owns the timer, so it stays open
            // and the same for as long as the registration lives.
            #[allow(unsafe_code)]
            let registered = unsafe { AsyncFd::register(Descriptor(timer)) };
            Ok(Self(registered.map_err(io::Error::from)?))
        }

        /// Sets the alarm to `at`, in place of what it was set to.
        pub fn set(&self, at: Instant) {
            // A timerfd set to zero is switched off, so a deadline that has passed becomes 1 ns.
            let left = at.saturating_duration_since(Instant::now()).max(Duration::from_nanos(1));
            let expiration = Expiration::OneShot(TimeSpec::from_duration(left));
            // Fails only for a time out of range, which a Duration from two Instants is not.
            let _ = self.0.get_ref().0.set(expiration, TimerSetTimeFlags::empty());
        }

        /// Waits until the alarm has rung.
        pub async fn ring(&self) {
            if let Ok(mut ready) = self.0.readable().await {
                let _ = self.0.get_ref().0.wait();
                ready.clear_ready();
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod portable {
    use std::cell::Cell;
    use std::io;
    use std::time::Instant;

    use tokio::sync::Notify;

    /// tokio's own timer, good to 1 ms or 2.
    pub struct Alarm {
        at: Cell<Option<Instant>>,
        set: Notify,
    }

    impl Alarm {
        pub fn new() -> io::Result<Self> {
            Ok(Self { at: Cell::new(None), set: Notify::new() })
        }

        /// Sets the alarm to `at`, in place of what it was set to.
        pub fn set(&self, at: Instant) {
            self.at.set(Some(at));
            self.set.notify_one();
        }

        /// Waits until the alarm has rung.
        pub async fn ring(&self) {
            loop {
                match self.at.get() {
                    None => self.set.notified().await,
                    Some(at) => tokio::select! {
                        () = tokio::time::sleep_until(at.into()) => {
                            self.at.set(None);
                            return;
                        }
                        () = self.set.notified() => {}
                    },
                }
            }
        }
    }
}

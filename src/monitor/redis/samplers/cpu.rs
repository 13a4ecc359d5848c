//! The processor time that the server takes, and its children, which write snapshots.

use std::time::Duration;

use super::super::info::{Field, Info};
use crate::monitor::sampler::Keep;

pub(in crate::monitor::redis) static INFO: Info = Info {
    name: "cpu",
    period: Duration::from_secs(1),
    keep: Keep::Series,
    section: "cpu",
    lines: None,
    fields: &[
        Field::counter("system_us", "used_cpu_sys").times(1e6),
        Field::counter("user_us", "used_cpu_user").times(1e6),
        Field::counter("children_system_us", "used_cpu_sys_children").times(1e6),
        Field::counter("children_user_us", "used_cpu_user_children").times(1e6),
        // The one thread that runs commands; from 6.2 on.
        Field::counter("main_thread_system_us", "used_cpu_sys_main_thread").times(1e6),
        Field::counter("main_thread_user_us", "used_cpu_user_main_thread").times(1e6),
    ],
    since: 0,
};

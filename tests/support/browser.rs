//! A real browser, without a screen.
//!
//! Chromium prints a page as it stands after its scripts have run (`--dump-dom`). A script that stands only in the
//! test's copy of the page does what a reader does, and writes down what it finds.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn chromium(folder: &Path, arguments: &[&str]) -> Output {
    let program = if Path::new("/usr/bin/chromium-browser").exists() { "chromium-browser" } else { "chromium" };
    let mut command = Command::new(program);
    command.args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]);
    command.args(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
    command.args(["--enable-logging=stderr", "--virtual-time-budget=20000"]);
    command.arg(format!("--user-data-dir={}", folder.join("profile").display()));
    command.args(arguments).output().unwrap_or_else(|error| panic!("{program}: {error}: `make test-deps` installs it"))
}

/// Opens the page at this width with the reader's script in it, and tells what it put into the element `found` of the frame's body.
pub fn read(page: &str, width: u32, reader: &str) -> Value {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("it can be written");
    write("page.html", &page.replacen("<head>", &format!("<head>{reader}"), 1));
    // No window of Chromium's is as narrow as a phone, but a frame can be.
    write("frame.html", &format!("<iframe src=page.html width={width} height=900></iframe>"));
    let url = format!("file://{}", folder.path().join("frame.html").display());
    let output = chromium(folder.path(), &["--dump-dom", "--allow-file-access-from-files", &url]);
    let said = String::from_utf8_lossy(&output.stderr);
    let complaints: Vec<&str> = said.lines().filter(|line| line.contains("CONSOLE")).collect();
    assert!(complaints.is_empty(), "{complaints:#?}");
    let dom = String::from_utf8_lossy(&output.stdout);
    let found = dom.split_once(r#"<pre id="found">"#).and_then(|(_, rest)| rest.split_once("</pre>"));
    let (found, _) = found.unwrap_or_else(|| panic!("the page's scripts did not come to their end\n{said}"));
    let text = found.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    serde_json::from_str(&text).expect("the reader writes JSON")
}

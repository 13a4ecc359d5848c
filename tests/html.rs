//! The HTML report in a real browser: it draws without a network and without complaints, at the width of a desk and of
//! a phone; the pointer finds values; tables sort.
//!
//! Chromium prints the page as it stands after its scripts have run (`--dump-dom`). A script that stands only in the
//! test's copy moves the pointer, clicks, and writes down what it finds.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// Waits for the charts, then does what a reader does. Under a virtual clock its waits take no time of the test's.
const READER: &str = r##"
<script>
window.problems = [];
addEventListener("error", (event) => problems.push(String(event.message)));
addEventListener("securitypolicyviolation", (event) => problems.push(`fetches ${event.blockedURI}`));
addEventListener("load", () => setTimeout(read, 500));
function read() {
  const charts = [...document.querySelectorAll(".chart")];
  charts[0].scrollIntoView();
  const field = charts[0].querySelector(".nsewdrag");
  const at = field.getBoundingClientRect();
  const move = { bubbles: true, clientX: at.x + at.width / 2, clientY: at.y + at.height / 2 };
  field.dispatchEvent(new MouseEvent("mouseover", move));
  field.dispatchEvent(new MouseEvent("mousemove", move));
  const heading = [...document.querySelectorAll("th")].find((th) => th.textContent === "p95" && th.closest("section")
    .querySelector("h2").textContent === "Operations");
  heading.click();
  setTimeout(() => {
    const rows = [...heading.closest("table").tBodies[0].rows];
    const found = {
      problems,
      charts: charts.map((chart) => chart.parentElement.querySelector("figcaption strong").textContent),
      drawn: charts.filter((chart) => chart.querySelector(".trace, .heatmaplayer image")).length,
      hovered: [...charts[0].querySelectorAll(".hoverlayer text")].map((text) => text.textContent).join(" "),
      sorted: rows.map((row) => row.cells[heading.cellIndex].textContent),
      named: rows.every((row) => row.cells[0].querySelector("small")),
      wider: charts.filter((chart) => chart.querySelector(".main-svg").getBoundingClientRect().width > chart.clientWidth + 1)
        .length,
      overflow: document.documentElement.scrollWidth - innerWidth,
    };
    const result = document.createElement("pre");
    result.id = "found";
    result.textContent = JSON.stringify(found);
    parent.document.body.prepend(result);
  }, 1000);
}
</script>"##;

fn chromium(folder: &Path, arguments: &[&str]) -> Output {
    let program = if Path::new("/usr/bin/chromium-browser").exists() { "chromium-browser" } else { "chromium" };
    let mut command = Command::new(program);
    command.args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]);
    command.args(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
    command.args(["--enable-logging=stderr", "--virtual-time-budget=20000"]);
    command.arg(format!("--user-data-dir={}", folder.join("profile").display()));
    command.args(arguments).output().unwrap_or_else(|error| panic!("{program}: {error}: `make test-deps` installs it"))
}

/// Opens the page at this width, and tells what the reader found.
fn read(page: &str, width: u32) -> Value {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("it can be written");
    write("page.html", &page.replacen("<head>", &format!("<head>{READER}"), 1));
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

#[test]
fn the_page_works_in_a_browser_wide_and_narrow() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_throng"));
    command.current_dir(folder.path()).env_remove("DATABASE_URL").env_remove("REDIS_URL");
    command.args(["run", "membership", "--users", "20", "--duration", "6s", "--ramp-up", "1s", "--quiet"]);
    let output = command.args(["--out", "html=run.html"]).output().expect("the binary was built with this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let page = fs::read_to_string(folder.path().join("run.html")).expect("it was written");
    for width in [1280, 400] {
        let found = read(&page, width);
        assert_eq!(found["problems"], serde_json::json!([]), "{width}");
        let charts = found["charts"].as_array().expect("it is a list");
        for title in ["Response time", "Throughput", "All response times", "Percentiles", "Users", "Pools"] {
            assert!(charts.iter().any(|chart| chart == title), "{width}: {title} is not among {charts:?}");
        }
        assert_eq!(found["drawn"], charts.len(), "{width}: {charts:?}");
        assert_eq!(found["wider"], 0, "{width}: charts stick out");
        let hovered = found["hovered"].as_str().expect("it is text");
        assert!(hovered.contains("p95") && hovered.contains(char::is_numeric), "{width}: {hovered:?}");
        assert!(found["overflow"].as_i64().is_some_and(|px| px <= 0), "{width}: {found}");
        let sorted: Vec<f64> = found["sorted"]
            .as_array()
            .expect("it is a list")
            .iter()
            .map(|cell| us(cell.as_str().unwrap_or_default()))
            .collect();
        assert!(sorted.len() > 5 && sorted.is_sorted_by(|a, b| a >= b), "{width}: {}", found["sorted"]);
        assert_eq!(found["named"], true, "{width}: a row lost the persona that it stood under");
    }
}

/// A time as the report shows it, in µs.
fn us(text: &str) -> f64 {
    let (number, unit) = text.split_once(' ').unwrap_or((text, ""));
    let number: f64 = number.parse().unwrap_or(f64::NAN);
    match unit {
        "µs" => number,
        "ms" => number * 1e3,
        "s" => number * 1e6,
        _ => f64::NAN,
    }
}

//! The HTML report in a real browser: it draws without a network and without complaints, at the width of a desk and of
//! a phone; the pointer finds values; tables sort.
//!
//! A script that stands only in the test's copy of the page moves the pointer, clicks, and writes down what it finds.

mod support;

use std::fs;
use std::process::Command;

use support::browser::read;

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
      // Legends, which grow with what they explain, leave it its room.
      lowest: Math.min(...charts.map((chart) => chart.querySelector(".nsewdrag").getBoundingClientRect().height)),
      // A word that stands letter under letter makes its heading high.
      heading: Math.max(...[...document.querySelectorAll("thead")].map((head) => head.getBoundingClientRect().height)),
    };
    dispatchEvent(new Event("beforeprint"));
    found.printed = charts.map((chart) => chart.querySelector(".main-svg").getBoundingClientRect().width);
    dispatchEvent(new Event("afterprint"));
    const result = document.createElement("pre");
    result.id = "found";
    result.textContent = JSON.stringify(found);
    parent.document.body.prepend(result);
  }, 1000);
}
</script>"##;

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
        let found = read(&page, width, READER);
        assert_eq!(found["problems"], serde_json::json!([]), "{width}");
        let charts = found["charts"].as_array().expect("it is a list");
        for title in ["Response time", "Throughput", "All response times", "Percentiles", "Users", "Pools"] {
            assert!(charts.iter().any(|chart| chart == title), "{width}: {title} is not among {charts:?}");
        }
        assert_eq!(found["drawn"], charts.len(), "{width}: {charts:?}");
        assert_eq!(found["wider"], 0, "{width}: charts stick out");
        assert!(found["lowest"].as_f64().is_some_and(|px| px > 100.0), "{width}: a chart has no room: {found}");
        assert!(found["heading"].as_f64().is_some_and(|px| px < 80.0), "{width}: words are taken apart: {found}");
        let printed = found["printed"].as_array().expect("it is a list");
        assert!(printed.iter().all(|px| *px == 310), "{width}: charts overlap on paper: {printed:?}");
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

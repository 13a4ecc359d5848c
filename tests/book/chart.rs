//! Small line charts in SVG, drawn from numbers alone: the same numbers give the same bytes.

use std::fmt::Write;

/// The size of a chart, and the room beside its axes, in pixels.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 130.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 42.0;

/// Colours of lines that also differ in brightness.
const COLOURS: [&str; 2] = ["#c2410c", "#1d4ed8"];

/// A line by name, in stretches between its gaps.
pub type Line<'a> = (&'a str, Vec<Stretch>);

/// Points that are joined.
pub type Stretch = Vec<(f64, f64)>;

/// A chart. Positions are parts of an axis, from 0 to 1.
pub struct Chart<'a> {
    /// What it shows.
    pub title: &'a str,
    /// What stands along the axis below.
    pub below: &'a str,
    /// Where on it stands what.
    pub x_marks: Vec<(f64, String)>,
    /// Where on the other axis stands what.
    pub y_marks: Vec<(f64, String)>,
    /// What is drawn.
    pub lines: Vec<Line<'a>>,
}

/// Charts below one another.
pub fn draw(charts: &[Chart<'_>]) -> String {
    let height = HEIGHT * charts.len() as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" \
         font-size=\"13\">\n<rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>\n"
    );
    for (number, chart) in charts.iter().enumerate() {
        let _ = writeln!(svg, "<g transform=\"translate(0 {})\">", HEIGHT * number as f64);
        chart.draw(&mut svg);
        svg += "</g>\n";
    }
    svg + "</svg>\n"
}

fn x(part: f64) -> f64 {
    LEFT + part.clamp(0.0, 1.0) * (WIDTH - LEFT - RIGHT)
}

fn y(part: f64) -> f64 {
    HEIGHT - BOTTOM - part.clamp(0.0, 1.0) * (HEIGHT - TOP - BOTTOM)
}

impl Chart<'_> {
    fn draw(&self, svg: &mut String) {
        let _ = writeln!(svg, "<text x=\"{LEFT}\" y=\"20\" font-weight=\"bold\">{}</text>", self.title);
        for (at, mark) in &self.y_marks {
            let (y, end) = (y(*at), WIDTH - RIGHT);
            let _ = writeln!(svg, "<path d=\"M{LEFT} {y:.1}H{end}\" stroke=\"#d4d4d4\"/>");
            let _ = writeln!(svg, "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{mark}</text>", LEFT - 8.0, y + 4.0);
        }
        for (at, mark) in &self.x_marks {
            let (x, y) = (x(*at), HEIGHT - BOTTOM + 17.0);
            let _ = writeln!(svg, "<text x=\"{x:.1}\" y=\"{y}\" text-anchor=\"middle\">{mark}</text>");
        }
        let (middle, foot) = ((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 6.0);
        let _ = writeln!(svg, "<text x=\"{middle}\" y=\"{foot}\" text-anchor=\"middle\">{}</text>", self.below);
        for (place, ((name, stretches), colour)) in self.lines.iter().zip(COLOURS).enumerate() {
            for stretch in stretches {
                let points: Vec<String> = stretch.iter().map(|(a, b)| format!("{:.1},{:.1}", x(*a), y(*b))).collect();
                let points = points.join(" ");
                let _ = writeln!(
                    svg,
                    "<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2.5\"/>"
                );
            }
            let (x, y) = (WIDTH - RIGHT + 12.0, TOP + 4.0 + 20.0 * place as f64);
            let _ = writeln!(svg, "<text x=\"{x}\" y=\"{y}\" fill=\"{colour}\">{name}</text>");
        }
    }
}

//! Numbers for people: units that fit, thousands apart, no more digits than mean something.

/// `12,345`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.char_indices() {
        if position > 0 && position % 3 == first {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Three significant digits below a thousand, whole thousands apart above: `0.123`, `55.3`, `12,345`.
pub fn number(value: f64) -> String {
    let magnitude = value.abs();
    // Rounding may carry into a further digit, so the bounds are where that happens.
    if magnitude >= 99.95 {
        let sign = if value < 0.0 { "-" } else { "" };
        format!("{sign}{}", count(magnitude.round() as u64))
    } else if magnitude >= 9.995 {
        format!("{value:.1}")
    } else if magnitude >= 0.9995 {
        format!("{value:.2}")
    } else if magnitude == 0.0 {
        "0".to_owned()
    } else {
        format!("{value:.3}")
    }
}

/// A number as a metric of the scenario's own has it: whole ones without a fraction.
pub fn own(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        let sign = if value < 0.0 { "-" } else { "" };
        format!("{sign}{}", count(value.abs() as u64))
    } else {
        number(value)
    }
}

/// A time in µs: `850 µs`, `12.4 ms`, `1.25 s`, `2 m 05 s`.
pub fn time_us(us: f64) -> String {
    if us < 0.5 {
        "0".to_owned()
    } else if us < 999.5 {
        format!("{us:.0} µs")
    } else if us < 999_500.0 {
        format!("{} ms", number(us / 1000.0))
    } else {
        seconds(us / 1e6)
    }
}

/// A length of time in s: `12.4 ms`, `45.2 s`, `2 m 05 s`, `1 h 02 m`.
pub fn seconds(s: f64) -> String {
    if s < 0.9995 {
        return time_us(s * 1e6);
    }
    if s < 59.95 {
        return format!("{} s", number(s));
    }
    let whole = s.round() as u64;
    match whole {
        ..3600 => format!("{} m {:02} s", whole / 60, whole % 60),
        _ => format!("{} h {:02} m", whole / 3600, whole % 3600 / 60),
    }
}

/// A length of time as a clock shows it, in whole seconds: `5 s`, `2 m 05 s`.
pub fn clock(s: f64) -> String {
    if s < 59.5 { format!("{s:.0} s") } else { seconds(s.max(60.0)) }
}

/// A moment without its fraction, which is in RFC 3339 and UTC: `2026-03-01 09:30:00`.
pub fn second(moment: &str) -> String {
    moment.split('.').next().unwrap_or_default().trim_end_matches('Z').replace('T', " ")
}

/// A share of 1: `0.20 %`, `99.8 %`, `100 %`, and `-5.70 %` of what became less. One that is not whole is never shown as
/// 0 or 100.
pub fn share(share: f64) -> String {
    let percent = 100.0 * share;
    if percent < 0.0 {
        return if percent > -0.01 { "> -0.01 %".to_owned() } else { format!("-{}", self::share(-share)) };
    }
    if percent == 0.0 || percent == 100.0 {
        format!("{percent:.0} %")
    } else if percent > 99.99 && percent < 100.0 {
        "> 99.99 %".to_owned()
    } else if percent < 0.01 {
        "< 0.01 %".to_owned()
    } else if !(9.995..=99.0).contains(&percent) {
        format!("{percent:.2} %")
    } else {
        format!("{percent:.1} %")
    }
}

/// `55.3/s`.
pub fn rate(per_s: f64) -> String {
    format!("{}/s", number(per_s))
}

/// Bytes in powers of ten: `512 B`, `4.50 MB`.
pub fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1000.0;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{} {}", number(value), UNITS[unit])
}

/// `1 user`, `2 users`.
pub fn things(number: u64, one: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {one}{plural}", count(number))
}

/// Text from outside on one line, without what could steer a terminal, and not endless.
pub fn plain(text: &str, longest: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut shown: String = line.chars().filter(|c| !c.is_control()).collect();
    if let Some((end, _)) = shown.char_indices().nth(longest) {
        shown.truncate(end);
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_kept_apart() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (12_345, "12,345"), (1_234_567, "1,234,567")] {
            assert_eq!(count(number), text);
        }
    }

    #[test]
    fn times_have_a_unit_that_fits() {
        for (us, text) in [
            (0.0, "0"),
            (1.0, "1 µs"),
            (999.0, "999 µs"),
            (999.7, "1.00 ms"),
            (1234.0, "1.23 ms"),
            (9_996.0, "10.0 ms"),
            (12_400.0, "12.4 ms"),
            (412_000.0, "412 ms"),
            (999_600.0, "1.00 s"),
            (1_250_000.0, "1.25 s"),
            (59_960_000.0, "1 m 00 s"),
            (125_000_000.0, "2 m 05 s"),
            (3_720_000_000.0, "1 h 02 m"),
        ] {
            assert_eq!(time_us(us), text, "{us}");
        }
    }

    #[test]
    fn a_clock_shows_whole_seconds() {
        for (s, text) in [(0.0, "0 s"), (12.2, "12 s"), (59.7, "1 m 00 s"), (125.0, "2 m 05 s")] {
            assert_eq!(clock(s), text);
        }
    }

    #[test]
    fn a_share_is_whole_only_if_it_is() {
        for (value, text) in [
            (0.0, "0 %"),
            (0.000_001, "< 0.01 %"),
            (0.002, "0.20 %"),
            (0.5, "50.0 %"),
            (0.998, "99.80 %"),
            (0.999_99, "> 99.99 %"),
            (1.0, "100 %"),
            (-0.057, "-5.70 %"),
            (-0.000_001, "> -0.01 %"),
        ] {
            assert_eq!(share(value), text);
        }
    }

    #[test]
    fn bytes_are_in_powers_of_ten() {
        for (value, text) in
            [(0, "0 B"), (999, "999 B"), (1500, "1.50 kB"), (999_999, "1.00 MB"), (4_500_000, "4.50 MB")]
        {
            assert_eq!(bytes(value), text);
        }
    }

    #[test]
    fn text_from_outside_cannot_steer_a_terminal() {
        assert_eq!(plain("a\n\tb \u{1b}[31mred", 100), "a b [31mred");
        assert_eq!(plain("abcdef", 3), "abc…");
    }
}

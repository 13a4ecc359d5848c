//! Geometric types.

use super::super::reader::{Malformed, Reader};
use super::float::print_f64;

type Printed = Result<(), Malformed>;

/// `(x,y)`
pub(super) fn print_point(reader: &mut Reader<'_>, out: &mut String) -> Printed {
    out.push('(');
    print_f64(reader.f64()?, out)?;
    out.push(',');
    print_f64(reader.f64()?, out)?;
    out.push(')');
    Ok(())
}

/// `{A,B,C}`
pub(super) fn print_line(reader: &mut Reader<'_>, out: &mut String) -> Printed {
    for before in ['{', ',', ','] {
        out.push(before);
        print_f64(reader.f64()?, out)?;
    }
    out.push('}');
    Ok(())
}

/// `[(x1,y1),(x2,y2)]`
pub(super) fn print_segment(reader: &mut Reader<'_>, out: &mut String) -> Printed {
    out.push('[');
    print_points(2, reader, out)?;
    out.push(']');
    Ok(())
}

/// `(x1,y1),(x2,y2)`
pub(super) fn print_box(reader: &mut Reader<'_>, out: &mut String) -> Printed {
    print_points(2, reader, out)
}

/// `((x1,y1),…)` if closed, `[(x1,y1),…]` if open
pub(super) fn print_path(reader: &mut Reader<'_>, out: &mut String) -> Printed {
    let (before, after) = if reader.u8()? == 0 { ('[', ']') } else { ('(', ')') };
    out.push(before);
    let count = reader.count()?;
    print_points(count, reader, out)?;
    out.push(after);
    Ok(())
}

/// `((x1,y1),…)`
pub(super) fn print_polygon(reader: &mut Reader<'_>, out: &mut String) -> Printed {
    out.push('(');
    let count = reader.count()?;
    print_points(count, reader, out)?;
    out.push(')');
    Ok(())
}

/// `<(x,y),r>`
pub(super) fn print_circle(reader: &mut Reader<'_>, out: &mut String) -> Printed {
    out.push('<');
    print_point(reader, out)?;
    out.push(',');
    print_f64(reader.f64()?, out)?;
    out.push('>');
    Ok(())
}

fn print_points(count: usize, reader: &mut Reader<'_>, out: &mut String) -> Printed {
    for index in 0..count {
        if index > 0 {
            out.push(',');
        }
        print_point(reader, out)?;
    }
    Ok(())
}

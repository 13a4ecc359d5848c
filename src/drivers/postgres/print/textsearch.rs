//! Documents and queries of full-text search.

use std::fmt::Write;

use super::super::reader::{Malformed, Reader};

/// The two upper bits of a position are its weight, the rest the position.
const POSITION_BITS: u32 = 14;

/// Weights from 0; the lowest is not shown.
const WEIGHTS: [&str; 4] = ["", "C", "B", "A"];

/// `'fat':2,4A 'rat':3`
pub(super) fn print_vector(reader: &mut Reader<'_>, out: &mut String) -> Result<(), Malformed> {
    for index in 0..reader.count()? {
        if index > 0 {
            out.push(' ');
        }
        push_lexeme(reader.cstring()?, out);
        for position in 0..reader.u16()? {
            out.push(if position == 0 { ':' } else { ',' });
            let entry = reader.u16()?;
            let weight = WEIGHTS[usize::from(entry >> POSITION_BITS)];
            write!(out, "{}{weight}", entry & ((1 << POSITION_BITS) - 1))?;
        }
    }
    Ok(())
}

fn push_lexeme(lexeme: &str, out: &mut String) {
    out.push('\'');
    for character in lexeme.chars() {
        if matches!(character, '\'' | '\\') {
            out.push(character);
        }
        out.push(character);
    }
    out.push('\'');
}

/// Nesting deeper than this is taken for malformed, to keep the stack.
const MAX_DEPTH: usize = 500;

const OPERAND: u8 = 1;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    Not,
    And,
    Or,
    Phrase(u16),
}

impl Operator {
    /// How tightly it binds.
    fn priority(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Phrase(_) => 3,
            Self::Not => 4,
        }
    }
}

enum Node<'a> {
    Operand { lexeme: &'a str, weights: u8, prefix: bool },
    Not(Box<Node<'a>>),
    Binary { operator: Operator, left: Box<Node<'a>>, right: Box<Node<'a>> },
}

/// `'fat' & ( 'rat' | 'cat':*AB )`
pub(super) fn print_query(reader: &mut Reader<'_>, out: &mut String) -> Result<(), Malformed> {
    if reader.count()? == 0 {
        return Ok(());
    }
    let root = read_node(reader, MAX_DEPTH)?;
    print_node(&root, 0, false, out)
}

/// Operators come before their operands, the right operand before the left.
fn read_node<'a>(reader: &mut Reader<'a>, depth: usize) -> Result<Node<'a>, Malformed> {
    let depth = depth.checked_sub(1).ok_or(Malformed)?;
    if reader.u8()? == OPERAND {
        let weights = reader.u8()?;
        let prefix = reader.u8()? != 0;
        return Ok(Node::Operand { lexeme: reader.cstring()?, weights, prefix });
    }
    let operator = match reader.u8()? {
        1 => Operator::Not,
        2 => Operator::And,
        3 => Operator::Or,
        4 => Operator::Phrase(reader.u16()?),
        _ => return Err(Malformed),
    };
    if operator == Operator::Not {
        return Ok(Node::Not(Box::new(read_node(reader, depth)?)));
    }
    let right = Box::new(read_node(reader, depth)?);
    let left = Box::new(read_node(reader, depth)?);
    Ok(Node::Binary { operator, left, right })
}

/// Parentheses go where the outer operator binds tighter, and around a phrase on the right of a phrase.
fn print_node(node: &Node<'_>, outer: u8, right_of_phrase: bool, out: &mut String) -> Result<(), Malformed> {
    match node {
        Node::Operand { lexeme, weights, prefix } => {
            push_lexeme(lexeme, out);
            if *prefix || *weights != 0 {
                out.push(':');
            }
            if *prefix {
                out.push('*');
            }
            for (bit, letter) in [(3, 'A'), (2, 'B'), (1, 'C'), (0, 'D')] {
                if weights & (1 << bit) != 0 {
                    out.push(letter);
                }
            }
        }
        Node::Not(inner) => {
            let priority = Operator::Not.priority();
            out.push_str(if priority < outer { "( !" } else { "!" });
            print_node(inner, priority, false, out)?;
            out.push_str(if priority < outer { " )" } else { "" });
        }
        Node::Binary { operator, left, right } => {
            let priority = operator.priority();
            let is_phrase = matches!(operator, Operator::Phrase(_));
            let parentheses = priority < outer || (is_phrase && right_of_phrase);
            out.push_str(if parentheses { "( " } else { "" });
            print_node(left, priority, false, out)?;
            match operator {
                Operator::Or => out.push_str(" | "),
                Operator::Phrase(1) => out.push_str(" <-> "),
                Operator::Phrase(distance) => write!(out, " <{distance}> ")?,
                Operator::And | Operator::Not => out.push_str(" & "),
            }
            print_node(right, priority, is_phrase, out)?;
            out.push_str(if parentheses { " )" } else { "" });
        }
    }
    Ok(())
}

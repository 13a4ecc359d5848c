//! How the values of a PostgreSQL type are read: one entry a binary format.
//!
//! A [`Codec`] is worked out once a column from the server's type, so that
//! reading a value is one jump. What is not here cannot be read in binary.

use tokio_postgres::types::{Kind, Type};

/// A binary format. Types that share a format share an entry.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Codec {
    Bool,
    Int2,
    Int4,
    Int8,
    /// 32 bits without a sign: `oid`, `xid`, `cid`, and the `reg…` types, which are object numbers.
    Oid,
    Xid8,
    Float4,
    Float8,
    Numeric,
    Money,
    /// Sent as the text itself: `text`, `varchar`, `xml`, enums …
    Text,
    /// The one-byte type `"char"`.
    Char,
    /// A version byte, then text: `jsonpath`, `ltree` …
    VersionedText,
    Json,
    Jsonb,
    Bytea,
    Uuid,
    Date,
    Time,
    TimeTz,
    Timestamp,
    TimestampTz,
    Interval,
    /// `inet` and `cidr`; the value says which.
    Network,
    /// `macaddr` and `macaddr8`; the length says which.
    Mac,
    /// `bit` and `varbit`.
    Bits,
    Point,
    Line,
    Segment,
    Box,
    Path,
    Polygon,
    Circle,
    TsVector,
    TsQuery,
    Lsn,
    Tid,
    Snapshot,
    HStore,
    Void,
    Array {
        element: std::boxed::Box<Codec>,
        delimiter: char,
        /// `int2vector` and `oidvector` print without braces.
        vector: bool,
    },
    Range(std::boxed::Box<Codec>),
    Multirange(std::boxed::Box<Codec>),
    /// Fields of a composite type; `None` for `record`, whose values name their own types.
    Record(Option<Vec<Codec>>),
    /// Not readable in binary.
    Unknown,
}

impl Codec {
    /// How values of `type_` are read.
    pub(super) fn of(type_: &Type) -> Self {
        match type_.kind() {
            Kind::Domain(base) => Self::of(base),
            Kind::Enum(_) => Self::Text,
            Kind::Array(element) => Self::Array {
                element: std::boxed::Box::new(Self::of(element)),
                delimiter: if *element == Type::BOX { ';' } else { ',' },
                vector: matches!(*type_, Type::INT2_VECTOR | Type::OID_VECTOR),
            },
            Kind::Range(element) => Self::Range(std::boxed::Box::new(Self::of(element))),
            // The kind of a multirange names its element, not its range.
            Kind::Multirange(element) => {
                let range = match element.kind() {
                    Kind::Range(_) => Self::of(element),
                    _ => Self::Range(std::boxed::Box::new(Self::of(element))),
                };
                Self::Multirange(std::boxed::Box::new(range))
            }
            Kind::Composite(fields) => Self::Record(Some(fields.iter().map(|field| Self::of(field.type_())).collect())),
            _ => Self::of_simple(type_),
        }
    }

    fn of_simple(type_: &Type) -> Self {
        match *type_ {
            Type::BOOL => Self::Bool,
            Type::INT2 => Self::Int2,
            Type::INT4 => Self::Int4,
            Type::INT8 => Self::Int8,
            Type::OID
            | Type::XID
            | Type::CID
            | Type::REGPROC
            | Type::REGPROCEDURE
            | Type::REGOPER
            | Type::REGOPERATOR
            | Type::REGCLASS
            | Type::REGTYPE
            | Type::REGCONFIG
            | Type::REGDICTIONARY
            | Type::REGNAMESPACE
            | Type::REGROLE
            | Type::REGCOLLATION => Self::Oid,
            Type::XID8 => Self::Xid8,
            Type::FLOAT4 => Self::Float4,
            Type::FLOAT8 => Self::Float8,
            Type::NUMERIC => Self::Numeric,
            Type::MONEY => Self::Money,
            Type::TEXT
            | Type::VARCHAR
            | Type::BPCHAR
            | Type::NAME
            | Type::UNKNOWN
            | Type::CSTRING
            | Type::XML
            | Type::REFCURSOR
            | Type::PG_NODE_TREE => Self::Text,
            Type::CHAR => Self::Char,
            Type::JSONPATH => Self::VersionedText,
            Type::JSON => Self::Json,
            Type::JSONB => Self::Jsonb,
            Type::BYTEA => Self::Bytea,
            Type::UUID => Self::Uuid,
            Type::DATE => Self::Date,
            Type::TIME => Self::Time,
            Type::TIMETZ => Self::TimeTz,
            Type::TIMESTAMP => Self::Timestamp,
            Type::TIMESTAMPTZ => Self::TimestampTz,
            Type::INTERVAL => Self::Interval,
            Type::INET | Type::CIDR => Self::Network,
            Type::MACADDR | Type::MACADDR8 => Self::Mac,
            Type::BIT | Type::VARBIT => Self::Bits,
            Type::POINT => Self::Point,
            Type::LINE => Self::Line,
            Type::LSEG => Self::Segment,
            Type::BOX => Self::Box,
            Type::PATH => Self::Path,
            Type::POLYGON => Self::Polygon,
            Type::CIRCLE => Self::Circle,
            Type::TS_VECTOR => Self::TsVector,
            Type::TSQUERY => Self::TsQuery,
            Type::PG_LSN => Self::Lsn,
            Type::TID => Self::Tid,
            Type::PG_SNAPSHOT | Type::TXID_SNAPSHOT => Self::Snapshot,
            Type::VOID => Self::Void,
            Type::RECORD => Self::Record(None),
            _ => Self::of_extension(type_.name()),
        }
    }

    /// Types of PostgreSQL's own extensions have no fixed number, so they go by name.
    fn of_extension(name: &str) -> Self {
        match name {
            "citext" => Self::Text,
            "ltree" | "lquery" | "ltxtquery" => Self::VersionedText,
            "hstore" => Self::HStore,
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_read_as_its_base_type() {
        let domain = Type::new("email".into(), 90_000, Kind::Domain(Type::TEXT), "public".into());
        assert_eq!(Codec::of(&domain), Codec::Text);
    }

    #[test]
    fn an_unknown_base_type_is_not_readable() {
        let geometry = Type::new("geometry".into(), 90_001, Kind::Simple, "public".into());
        assert_eq!(Codec::of(&geometry), Codec::Unknown);
    }
}

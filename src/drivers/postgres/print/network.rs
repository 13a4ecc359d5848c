//! Addresses of networks, hosts and cards.

use std::fmt::Write;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::super::reader::{Malformed, Reader};

/// The number by which PostgreSQL sends the address family; IPv6 is one more on every platform.
const IPV4: u8 = 2;
const IPV6: u8 = 3;

/// `inet` shows its prefix only if shorter than the address, `cidr` always.
pub(super) fn print_address(reader: &mut Reader<'_>, out: &mut String) -> Result<(), Malformed> {
    let family = reader.u8()?;
    let prefix = reader.u8()?;
    let is_cidr = reader.u8()? != 0;
    let length = reader.u8()?;
    let address = reader.take(length.into())?;
    let full = match family {
        IPV4 => {
            let octets: [u8; 4] = address.try_into().map_err(|_| Malformed)?;
            write!(out, "{}", Ipv4Addr::from(octets))?;
            32
        }
        IPV6 => {
            let octets: [u8; 16] = address.try_into().map_err(|_| Malformed)?;
            print_ipv6(octets, out)?;
            128
        }
        _ => return Err(Malformed),
    };
    if is_cidr || prefix != full {
        write!(out, "/{prefix}")?;
    }
    Ok(())
}

/// PostgreSQL also shows the IPv4 form of an IPv4-compatible address, such as `::1.2.3.4`.
fn print_ipv6(octets: [u8; 16], out: &mut String) -> Result<(), Malformed> {
    let compatible = octets[..12].iter().all(|&octet| octet == 0) && (octets[12] != 0 || octets[13] != 0);
    if compatible {
        let [.., a, b, c, d] = octets;
        write!(out, "::{}", Ipv4Addr::new(a, b, c, d))?;
    } else {
        write!(out, "{}", Ipv6Addr::from(octets))?;
    }
    Ok(())
}

pub(super) fn print_mac(octets: &[u8], out: &mut String) -> Result<(), Malformed> {
    for (index, octet) in octets.iter().enumerate() {
        if index > 0 {
            out.push(':');
        }
        write!(out, "{octet:02x}")?;
    }
    Ok(())
}

//! What a cable does to what it carries towards a machine: queueing disciplines on the switch's side (tc-netem(8),
//! tc-tbf(8)). Layouts: kernel `include/uapi/linux/pkt_sched.h`.

use std::io;

use rtnetlink::packet_core::{
    DefaultNla, NLM_F_ACK, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REQUEST, NetlinkMessage, NetlinkPayload,
};
use rtnetlink::packet_route::RouteNetlinkMessage;
use rtnetlink::packet_route::tc::{TcAttribute, TcHandle, TcMessage};
use rtnetlink::sys::protocols::NETLINK_ROUTE;
use rtnetlink::sys::{Socket, SocketAddr};
use rustix::io::Errno;

use super::error::Kernel;
use super::plan::Port;

/// `TCA_OPTIONS`.
const OPTIONS: u16 = 2;
const TCA_NETEM_RATE: u16 = 6;
const TCA_TBF_PARMS: u16 = 1;
const TCA_TBF_BURST: u16 = 6;
/// `TC_LINKLAYER_ETHERNET`.
const ETHERNET: u8 = 1;
/// The kernel's tick of packet scheduling is 64 ns (`PSCHED_SHIFT`).
const TICKS_IN_8_US: u64 = 125;
/// Packets that may be under way.
const PACKETS: u32 = 10_000;
/// Two full frames: less would stop them.
const LEAST_BURST: u64 = 2 * 1514;

/// Makes the near end of a cable, by its number, as slow, late and lossy as its port says.
pub(super) fn apply(index: u32, port: &Port) -> io::Result<()> {
    let index = i32::try_from(index).map_err(io::Error::other)?;
    if port.delay.is_some() || port.loss.is_some() {
        add(index, "netem", netem(port), Kernel("sch_netem"))
    } else if let Some(rate) = port.rate {
        add(index, "tbf", tbf(rate), Kernel("sch_tbf"))
    } else {
        Ok(())
    }
}

fn add(index: i32, name: &str, options: Vec<u8>, kernel: Kernel) -> io::Result<()> {
    let mut discipline = TcMessage::with_index(index);
    discipline.header.parent = TcHandle::ROOT;
    let options = TcAttribute::Other(DefaultNla::new(OPTIONS, options));
    discipline.attributes = vec![TcAttribute::Kind(name.to_owned()), options];
    ask(RouteNetlinkMessage::NewQueueDiscipline(discipline)).map_err(|error| match Errno::from_io_error(&error) {
        // "Specified qdisc kind is unknown": the device was there a moment ago.
        Some(Errno::NOENT) => kernel.or(Errno::OPNOTSUPP),
        _ => error,
    })
}

/// One request and its acknowledgement (netlink(7)).
fn ask(request: RouteNetlinkMessage) -> io::Result<()> {
    let mut socket = Socket::new(NETLINK_ROUTE)?;
    socket.bind_auto()?;
    socket.connect(&SocketAddr::new(0, 0))?;
    let mut message = NetlinkMessage::from(request);
    message.header.flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;
    message.finalize();
    let mut bytes = vec![0; message.buffer_len()];
    message.serialize(&mut bytes);
    socket.send(&bytes, 0)?;
    let answer = NetlinkMessage::<RouteNetlinkMessage>::deserialize(&socket.recv_from_full()?.0);
    match answer.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?.payload {
        NetlinkPayload::Error(error) if error.code.is_some() => Err(error.to_io()),
        _ => Ok(()),
    }
}

/// `struct tc_netem_qopt`, then the rate as `struct tc_netem_rate`.
fn netem(port: &Port) -> Vec<u8> {
    let latency = u64::from(port.delay.unwrap_or(0)) * TICKS_IN_8_US / 8;
    let loss = u64::from(port.loss.unwrap_or(0)) * u64::from(u32::MAX) / 100_000;
    let mut bytes = Vec::new();
    // Latency, limit, loss, gap, duplicate, jitter.
    for word in [latency, u64::from(PACKETS), loss, 0, 0, 0] {
        bytes.extend(clamped(word).to_ne_bytes());
    }
    if let Some(rate) = port.rate {
        let words = [clamped(rate / 8), 0, 0, 0];
        bytes.extend(attribute(TCA_NETEM_RATE, &words.map(u32::to_ne_bytes).concat()));
    }
    bytes
}

/// `TCA_TBF_PARMS` with `struct tc_tbf_qopt`, and `TCA_TBF_BURST`: a hundredth of a second at once, half a second waiting.
fn tbf(rate: u64) -> Vec<u8> {
    let rate = rate / 8;
    let burst = clamped((rate / 100).max(LEAST_BURST));
    let limit = clamped(u64::from(burst) + rate / 2);
    let mut parameters = rate_spec(clamped(rate));
    // No peak rate.
    parameters.extend(rate_spec(0).iter().map(|_| 0));
    for word in [limit, 0, 0] {
        parameters.extend(word.to_ne_bytes());
    }
    [attribute(TCA_TBF_PARMS, &parameters), attribute(TCA_TBF_BURST, &burst.to_ne_bytes())].concat()
}

/// `struct tc_ratespec`: cell log, link layer, overhead, cell alignment, least packet, bytes in a second.
fn rate_spec(rate: u32) -> Vec<u8> {
    let mut bytes = vec![0, ETHERNET, 0, 0, 0, 0, 0, 0];
    bytes.extend(rate.to_ne_bytes());
    bytes
}

/// `struct nlattr` with its payload, aligned to 4 bytes (netlink(7)).
fn attribute(kind: u16, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len() + 4).unwrap_or(u16::MAX);
    let mut bytes = [length.to_ne_bytes(), kind.to_ne_bytes()].concat();
    bytes.extend(payload);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

fn clamped(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(bytes: &[u8], at: usize) -> u32 {
        u32::from_ne_bytes(bytes[at..at + 4].try_into().unwrap())
    }

    #[test]
    fn a_delay_is_in_ticks_and_a_loss_a_part_of_all() {
        let bytes = netem(&Port { delay: Some(80_000), loss: Some(50_000), rate: Some(8000), ..Port::default() });
        assert_eq!(word(&bytes, 0), 80_000 * 1000 / 64);
        assert!((word(&bytes, 8) - u32::MAX / 2) <= 1);
        assert_eq!((bytes.len(), word(&bytes, 28)), (24 + 20, 1000));
    }

    #[test]
    fn a_burst_lets_a_frame_through_however_slow_the_cable() {
        let bytes = tbf(8000);
        assert_eq!((word(&bytes, 4 + 8), word(&bytes, bytes.len() - 4)), (1000, 3028));
        assert_eq!(bytes.len(), 40 + 8);
    }
}

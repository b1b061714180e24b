//! Whether a chain of certificates is trusted, and what a certificate says (RFC 5280, RFC 9525).

use std::fs;
use std::time::SystemTime;

use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use x509_parser::prelude::{FromDer, GeneralName, ParsedExtension, X509Certificate};
use x509_parser::public_key::PublicKey;

use crate::i18n::Message;
use crate::probe::{Machine, reason};

/// Where distributions keep the certificates of the authorities a machine trusts (ca-certificates(8), update-ca-trust(8)).
const STORES: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

/// The authorities a machine trusts.
pub(in crate::probe) struct Store {
    all: Vec<CertificateDer<'static>>,
    roots: RootCertStore,
}

impl Store {
    fn new(all: Vec<CertificateDer<'static>>) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(all.iter().cloned());
        Self { all, roots }
    }

    /// With these certificates in PEM (RFC 7468); what is none is left out.
    pub(in crate::probe) fn of_pem(pem: &[u8]) -> Self {
        Self::new(CertificateDer::pem_slice_iter(pem).filter_map(Result::ok).collect())
    }

    fn read(_machine: &Machine) -> Self {
        Self::of_pem(&STORES.iter().find_map(|path| fs::read(path).ok()).unwrap_or_default())
    }

    fn has(&self, certificate: &CertificateDer<'_>) -> bool {
        self.all.iter().any(|own| own.as_ref() == certificate.as_ref())
    }
}

/// The machine's own store, or that of a file of the machine.
pub(in crate::probe) fn store(machine: &Machine, file: Option<&str>) -> Result<std::sync::Arc<Store>, Message> {
    match file {
        Some(path) => {
            let pem = fs::read(path).map_err(|error| reason(&error, path))?;
            Ok(std::sync::Arc::new(Store::of_pem(&pem)))
        }
        None => Ok(machine.once(Store::read)),
    }
}

/// A server's certificate, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::probe) struct Judged {
    /// Whether an authority of the store vouches for it, whatever the day.
    pub(in crate::probe) trusted: bool,
    /// Whether it is for the name asked for.
    pub(in crate::probe) named: bool,
    /// Whether it is valid now.
    pub(in crate::probe) in_time: bool,
    /// Why it is not trusted.
    pub(in crate::probe) why: Option<String>,
    pub(in crate::probe) details: Details,
}

impl Judged {
    /// Whether a client accepts it.
    pub(in crate::probe) fn is_valid(&self) -> bool {
        self.trusted && self.named && self.in_time
    }

    /// What is wrong with it, for people who know the field.
    pub(in crate::probe) fn problem(&self) -> Option<String> {
        let name = (!self.named).then(|| format!("not for this name, but for {}", self.details.names.join(", ")));
        let time = (!self.in_time).then(|| "expired or not yet valid".to_owned());
        self.why.clone().or(name).or(time)
    }
}

/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::probe) struct Details {
    pub(in crate::probe) subject: String,
    pub(in crate::probe) issuer: String,
    /// `subjectAltName`: DNS names and addresses. Clients look nowhere else (RFC 9525 §2).
    pub(in crate::probe) names: Vec<String>,
    pub(in crate::probe) not_before: i64,
    pub(in crate::probe) not_after: i64,
    pub(in crate::probe) self_signed: bool,
    pub(in crate::probe) authority: bool,
    pub(in crate::probe) key: &'static str,
    pub(in crate::probe) key_size: i64,
    pub(in crate::probe) serial: String,
}

/// Seconds since 1970.
pub(in crate::probe) fn now() -> i64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_secs()).unwrap_or(i64::MAX)
}

/// What this chain (the server's own certificate first) is worth for a name at a moment; none: it is no certificate.
pub(in crate::probe) fn judge(chain: &[CertificateDer<'_>], store: &Store, name: &str, now: i64) -> Option<Judged> {
    let (own, between) = chain.split_first()?;
    let details = details(own)?;
    let in_time = (details.not_before..=details.not_after).contains(&now);
    // Dates are told apart from trust: a certificate that expired is judged as on its last day.
    let day = now.clamp(details.not_before, details.not_after);
    let why = if store.has(own) { None } else { vouch(own, between, store, day).err() };
    Some(Judged { trusted: why.is_none(), named: is_for(own, &details, name), in_time, why, details })
}

fn vouch(own: &CertificateDer<'_>, between: &[CertificateDer<'_>], store: &Store, day: i64) -> Result<(), String> {
    let parsed = ParsedCertificate::try_from(own).map_err(|error| error.to_string())?;
    let day = UnixTime::since_unix_epoch(std::time::Duration::from_secs(u64::try_from(day).unwrap_or(0)));
    let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms;
    rustls::client::verify_server_cert_signed_by_trust_anchor(&parsed, &store.roots, between, day, algorithms.all)
        .map_err(|error| error.to_string())
}

fn is_for(own: &CertificateDer<'_>, details: &Details, name: &str) -> bool {
    if name.is_empty() {
        return !details.names.is_empty();
    }
    let Ok(name) = ServerName::try_from(name.trim_end_matches('.').to_owned()) else { return false };
    ParsedCertificate::try_from(own).is_ok_and(|parsed| rustls::client::verify_server_name(&parsed, &name).is_ok())
}

/// What a certificate in DER says; none: it is no certificate.
pub(in crate::probe) fn details(der: &[u8]) -> Option<Details> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let (key, key_size) = key(&certificate);
    Some(Details {
        subject: certificate.subject().to_string(),
        issuer: certificate.issuer().to_string(),
        names: names(&certificate),
        not_before: certificate.validity().not_before.timestamp(),
        not_after: certificate.validity().not_after.timestamp(),
        self_signed: certificate.subject() == certificate.issuer(),
        authority: certificate.is_ca(),
        key,
        key_size,
        serial: certificate.raw_serial_as_string(),
    })
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let alternative = certificate.extensions().iter().find_map(|one| match one.parsed_extension() {
        ParsedExtension::SubjectAlternativeName(names) => Some(names),
        _ => None,
    });
    let names = alternative.map(|all| all.general_names.as_slice()).unwrap_or_default();
    names
        .iter()
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some((*name).to_owned()),
            GeneralName::IPAddress(bytes) => address(bytes),
            _ => None,
        })
        .collect()
}

fn address(bytes: &[u8]) -> Option<String> {
    match bytes.len() {
        4 => <[u8; 4]>::try_from(bytes).ok().map(|ip| std::net::Ipv4Addr::from(ip).to_string()),
        16 => <[u8; 16]>::try_from(bytes).ok().map(|ip| std::net::Ipv6Addr::from(ip).to_string()),
        _ => None,
    }
}

/// The public key's kind and size in bits.
fn key(certificate: &X509Certificate<'_>) -> (&'static str, i64) {
    const ED25519: &str = "1.3.101.112";
    let info = certificate.public_key();
    if info.algorithm.algorithm.to_id_string() == ED25519 {
        return ("ed25519", 256);
    }
    let bits = |bits: usize| i64::try_from(bits).unwrap_or(i64::MAX);
    match info.parsed() {
        Ok(PublicKey::RSA(key)) => ("rsa", bits(key.key_size())),
        Ok(PublicKey::EC(key)) => ("ec", bits(key.key_size())),
        Ok(PublicKey::DSA(_)) => ("dsa", 0),
        _ => ("other", 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn garbage_is_no_certificate(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let store = Store::of_pem(&bytes);
            prop_assert!(judge(&[CertificateDer::from(bytes)], &store, "a.test", 0).is_none());
        }
    }
}

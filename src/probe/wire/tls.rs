//! TLS 1.2 and 1.3 (RFC 5246, RFC 8446) over a connection. The handshake accepts any certificate, so that it can be judged
//! and described afterwards; its signature is verified all the same.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme};

/// The chain a server showed, its own certificate first.
pub(in crate::probe) type Chain = Vec<CertificateDer<'static>>;

/// Notes the chain.
#[derive(Debug)]
pub(super) struct Witness {
    provider: Arc<CryptoProvider>,
    chain: Mutex<Chain>,
}

impl Witness {
    /// A client's side of a new connection to a server of that name, and who notes its chain.
    pub(super) fn client(name: &str) -> Result<(ClientConnection, Arc<Self>), Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let witness = Arc::new(Self { provider: Arc::clone(&provider), chain: Mutex::default() });
        let verifier: Arc<dyn ServerCertVerifier> = Arc::<Self>::clone(&witness);
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        let name = ServerName::try_from(name.trim_end_matches('.').to_owned())
            .map_err(|error| Error::General(error.to_string()))?;
        Ok((ClientConnection::new(Arc::new(config), name)?, witness))
    }

    pub(super) fn chain(&self) -> Chain {
        self.chain.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain = std::iter::once(own).chain(between).map(|one| one.clone().into_owned()).collect();
        *self.chain.lock().unwrap_or_else(PoisonError::into_inner) = chain;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, own, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, own, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

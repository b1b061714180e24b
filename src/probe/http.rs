//! An HTTP request, as a browser of this machine makes it (RFC 9110): redirections followed, the certificate judged.

use std::time::{Duration, Instant};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::wire::http::{Answer, Outcome, Request, Url, basic};
use super::wire::secret::Secret;
use super::wire::trust::{self, Judged, Store};
use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `http = { url = "https://web.atelier.test/" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The address: `http://` or `https://`.
    pub url: String,
    /// The method; GET unless said.
    pub method: Option<String>,
    /// Headers to send, `Name: value` each.
    #[serde(default)]
    pub headers: Vec<String>,
    /// What to send.
    #[serde(default)]
    pub body: String,
    /// Who asks (Basic authentication, RFC 7617).
    pub user: Option<String>,
    /// The user's password.
    #[serde(default)]
    pub password: Secret,
    /// A proxy to go through: `http://proxy:3128`.
    pub proxy: Option<String>,
    /// A file of the machine with the authorities to trust, instead of those it trusts.
    pub ca: Option<String>,
    /// Ask even where the certificate is not valid.
    #[serde(default)]
    pub insecure: bool,
    /// How many redirections are followed; 5 unless said.
    pub follow: Option<u8>,
}

pub(super) const ABOUT: About = About::new(Cost::Active, FIELDS).needs(&[Need::Tool("getent")]).secrets(&["password"]);

const FIELDS: &[Field] = &[
    Field {
        name: "state",
        kind: Kind::Word,
        doc: "answered; untrusted: the certificate is not accepted; proxy: the proxy refuses; broken: it speaks no HTTP, \
              or stops; else as of the probe `tcp`: why there is no connection",
    },
    Field {
        name: "status",
        kind: Kind::Int,
        doc: "the last answer's code (RFC 9110 §15); the proxy's where it refuses",
    },
    Field { name: "url", kind: Kind::Text, doc: "the address that answered last" },
    Field { name: "redirects", kind: Kind::List(&Kind::Text), doc: "the addresses it led to, in their order" },
    Field {
        name: "headers",
        kind: Kind::List(&Kind::Text),
        doc: "the last answer's headers, `name: value`, names in lower case",
    },
    Field { name: "server", kind: Kind::Text, doc: "what serves, as it says (header Server)" },
    Field { name: "type", kind: Kind::Word, doc: "what the body is (header Content-Type, parameters left out)" },
    Field { name: "content", kind: Kind::Text, doc: "the body, up to 1 MiB; bytes that are no UTF-8 are replaced" },
    Field {
        name: "certificate-valid",
        kind: Kind::Bool,
        doc: "whether the last server's certificate is accepted; none: no TLS",
    },
    Field { name: "reason", kind: Kind::Text, doc: "what is wrong with the certificate or the answer" },
];

const LIMIT: Duration = Duration::from_secs(8);
const FOLLOW: u8 = 5;

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-http", url = &args.url);
    let store = trust::store(machine, args.ca.as_deref());
    let end = Instant::now() + machine.timeout().min(LIMIT);
    let fact = store.and_then(|store| look(args, &store, end)).unwrap_or_else(Fact::Unknown);
    Observation { fact, source }
}

fn address(text: &str) -> Result<Url, Message> {
    Url::parse(text).ok_or_else(|| msg!("probe-no-url", text = text))
}

fn look(args: &Args, store: &Store, end: Instant) -> Result<Fact, Message> {
    let first = address(&args.url)?;
    let proxy = args.proxy.as_deref().map(address).transpose()?;
    let mut redirects: Vec<String> = Vec::new();
    let mut method = args.method.clone().unwrap_or_else(|| "GET".to_owned()).to_uppercase();
    if !method.chars().all(|c| c.is_ascii_uppercase()) {
        return Err(msg!("probe-no-method", text = method));
    }
    let mut url = first.clone();
    let mut body = args.body.as_bytes();
    loop {
        // Who one is, is not told to another host.
        let known = (&url.host, url.port) == (&first.host, first.port) && url.secure >= first.secure;
        let request = Request {
            method: &method,
            headers: headers(args, known),
            body,
            proxy: proxy.as_ref(),
            store,
            strict: !args.insecure,
        };
        let outcome = request.send(&url, end)?;
        let next = redirection(&outcome).and_then(|location| url.join(location));
        match next {
            Some(next) if redirects.len() < usize::from(args.follow.unwrap_or(FOLLOW)) => {
                // 307 and 308 ask again as before, the others with GET (RFC 9110 §15.4).
                if !matches!(&outcome, Outcome::Answered(answer, _) if answer.status >= 307) && method != "HEAD" {
                    "GET".clone_into(&mut method);
                    body = b"";
                }
                redirects.push(next.to_string());
                url = next;
            }
            _ => return Ok(told(&outcome, &url, redirects)),
        }
    }
}

fn headers(args: &Args, known: bool) -> Vec<(String, String)> {
    let own = args.headers.iter().filter_map(|line| line.split_once(':'));
    let mut all: Vec<_> = own.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect();
    all.push(("User-Agent".to_owned(), "paillasse".to_owned()));
    all.push(("Accept".to_owned(), "*/*".to_owned()));
    if let Some(user) = args.user.as_deref().filter(|_| known) {
        all.push(basic(user, args.password.reveal()));
    }
    all
}

fn redirection(outcome: &Outcome) -> Option<&str> {
    let Outcome::Answered(answer, _) = outcome else { return None };
    [301, 302, 303, 307, 308].contains(&answer.status).then(|| answer.header("Location")).flatten()
}

fn told(outcome: &Outcome, url: &Url, redirects: Vec<String>) -> Fact {
    let valid = |judged: Option<&Judged>| judged.map(Judged::is_valid);
    let (state, answer, certificate, why) = match outcome {
        Outcome::Closed(closed) => (closed.word(), None, None, None),
        Outcome::Proxy(answer) => ("proxy", Some(answer), None, None),
        Outcome::Untrusted(judged) => ("untrusted", None, valid(Some(judged)), judged.problem()),
        Outcome::Broken(why) => ("broken", None, None, Some(why.clone())),
        Outcome::Answered(answer, judged) => {
            let judged = judged.as_deref();
            ("answered", Some(answer), valid(judged), judged.and_then(Judged::problem))
        }
    };
    let header = |name| answer.and_then(|answer| answer.header(name)).map(str::to_owned);
    let media = header("Content-Type").and_then(|text| Some(text.split(';').next()?.trim().to_owned()));
    Fact::record([
        ("state", state.into()),
        ("status", answer.map(|answer| i64::from(answer.status)).into()),
        ("url", url.to_string().into()),
        ("redirects", Fact::texts(redirects)),
        ("headers", Fact::texts(answer.map(lines).unwrap_or_default())),
        ("server", header("Server").into()),
        ("type", media.into()),
        ("content", answer.map(|answer| String::from_utf8_lossy(&answer.body).into_owned()).into()),
        ("certificate-valid", certificate.into()),
        ("reason", why.into()),
    ])
}

fn lines(answer: &Answer) -> Vec<String> {
    answer.headers.iter().map(|(name, value)| format!("{}: {value}", name.to_lowercase())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpListener;

    fn args(url: &str) -> Args {
        serde_json::from_value(serde_json::json!({ "url": url })).unwrap()
    }

    /// Serves each of these answers once, in their order; gives the requests.
    fn serve(answers: Vec<String>) -> (u16, std::thread::JoinHandle<Vec<String>>) {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = server.local_addr().unwrap().port();
        let asked = move || {
            let one = |answer: String| {
                let (mut client, _) = server.accept().unwrap();
                let mut request = vec![0; 4096];
                let length = client.read(&mut request).unwrap();
                client.write_all(answer.as_bytes()).unwrap();
                String::from_utf8_lossy(&request[..length]).into_owned()
            };
            answers.into_iter().map(one).collect()
        };
        (port, std::thread::spawn(asked))
    }

    #[test]
    fn redirections_are_followed_and_told() {
        let (port, asked) = serve(vec![
            "HTTP/1.1 301 Moved\r\nLocation: /new\r\nContent-Length: 0\r\n\r\n".into(),
            "HTTP/1.1 200 OK\r\nServer: t\r\nContent-Type: text/html; charset=utf-8\r\n\r\nBonjour".into(),
        ]);
        let args =
            Args { user: Some("anne".into()), password: "secret".into(), ..args(&format!("http://127.0.0.1:{port}/")) };
        let Fact::Record(fields) = observe(&args, &Machine::default()).fact else { panic!("a record") };
        assert_eq!((&fields["status"], &fields["content"]), (&Fact::Int(200), &Fact::text("Bonjour")));
        assert_eq!(fields["redirects"], Fact::texts([format!("http://127.0.0.1:{port}/new")]));
        assert_eq!((&fields["type"], &fields["certificate-valid"]), (&Fact::text("text/html"), &Fact::None));
        assert!(asked.join().unwrap().iter().all(|request| request.contains("Authorization: Basic YW5uZTpzZWNyZXQ=")));
        assert!(fields.keys().all(|name| FIELDS.iter().any(|field| field.name == name)));
        assert!(!format!("{args:?}").contains("secret"));
    }

    #[test]
    fn a_password_is_not_told_to_another_host() {
        let (port, asked) = serve(vec!["HTTP/1.1 200 OK\r\n\r\n".into()]);
        let (first, _) = serve(vec![format!("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{port}/\r\n\r\n")]);
        let args = Args {
            user: Some("anne".into()),
            password: "secret".into(),
            ..args(&format!("http://127.0.0.1:{first}/"))
        };
        let _ = observe(&args, &Machine::default());
        assert!(!asked.join().unwrap()[0].contains("Authorization"));
    }

    #[test]
    fn a_circle_ends() {
        let (port, _) = serve(vec!["HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n".into(); 6]);
        let Fact::Record(fields) = observe(&args(&format!("http://127.0.0.1:{port}/")), &Machine::default()).fact
        else {
            panic!("a record")
        };
        assert_eq!(fields["status"], Fact::Int(302));
    }

    #[test]
    fn what_is_no_http_is_broken() {
        let (port, _) = serve(vec!["SSH-2.0-x\r\n".into()]);
        let Fact::Record(fields) = observe(&args(&format!("http://127.0.0.1:{port}/")), &Machine::default()).fact
        else {
            panic!("a record")
        };
        assert_eq!(fields["state"], Fact::text("broken"));
        assert_eq!(
            observe(&args("web.test"), &Machine::default()).fact,
            Fact::Unknown(msg!("probe-no-url", text = "web.test"))
        );
    }
}

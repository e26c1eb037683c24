//! The servers to try: several hosts, addresses, ports and socket folders.

use std::net::IpAddr;
use std::path::PathBuf;

use super::super::database_url::DatabaseUrl;
use super::super::error::ConfigError;
use super::super::secret::Secret;
use super::keywords::Keywords;

const DEFAULT_PORT: u16 = 5432;
/// Where servers put their sockets: Debian's folder and PostgreSQL's own default.
pub(super) const SOCKET_FOLDERS: [&str; 2] = ["/var/run/postgresql", "/tmp"];

/// How to reach one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostAddress {
    /// A Unix socket in this folder (`@name` for the abstract name space).
    Socket(PathBuf),
    /// A host name or address; `address` saves the look-up of the name.
    Tcp {
        /// Name, also the one that certificates are checked against.
        name: String,
        /// Address to connect to instead of looking up the name.
        address: Option<IpAddr>,
    },
}

/// One server to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresHost {
    /// Where it is.
    pub address: HostAddress,
    /// Its port.
    pub port: u16,
    /// The password to use there: the one given, else that of the password file.
    pub password: Option<Secret>,
}

impl PostgresHost {
    /// Whether it is reached over the network, where connections can be encrypted.
    pub fn is_tcp(&self) -> bool {
        matches!(self.address, HostAddress::Tcp { .. })
    }
}

/// `host` and `port` from the query of a URL, as libpq takes them. SQLAlchemy knows three forms:
/// `host=a:1&host=b:2`, `host=a,b&port=1,2` and `host=a&port=1`.
pub(super) fn from_query(url: &DatabaseUrl) -> Result<Vec<(&'static str, String)>, ConfigError> {
    let given: Vec<&str> = url.parameters("host").collect();
    let given_ports: Vec<&str> = url.parameters("port").collect();
    let (names, inner_ports) = split_hosts(&given, given_ports.is_empty())?;
    let ports = match (given_ports.as_slice(), inner_ports) {
        ([], inner) => inner.unwrap_or_else(|| vec![String::new(); names.len()]),
        (_, Some(_)) => {
            let reason = "can't mix 'multihost' formats together; use \"host=h1,h2&port=p1,p2\" or \
                          \"host=h1:p1&host=h2:p2\"";
            return Err(ConfigError::postgres("host", reason));
        }
        ([single], None) => single.split(',').map(str::to_owned).collect(),
        (several, None) => several.iter().map(|p| (*p).to_owned()).collect(),
    };
    if ports.len() > 1 && ports.len() != names.len()
        || names.len() > 1 && ports.len() != names.len()
    {
        return Err(ConfigError::postgres(
            "port",
            "number of hosts and ports don't match",
        ));
    }
    let pairs = [("host", names.join(",")), ("port", ports.join(","))];
    Ok(pairs
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect())
}

/// Host names, and their ports where those are written behind the names.
fn split_hosts(
    given: &[&str],
    no_ports: bool,
) -> Result<(Vec<String>, Option<Vec<String>>), ConfigError> {
    let owned = |parts: Vec<&str>| parts.into_iter().map(str::to_owned).collect::<Vec<_>>();
    match given {
        [] => Ok((Vec::new(), None)),
        [single] => match split_port(single) {
            Some((name, port)) if no_ports => Ok((owned(vec![name]), Some(owned(vec![port])))),
            _ => Ok((owned(single.split(',').collect()), None)),
        },
        several => {
            let (mut names, mut ports) = (Vec::new(), Vec::new());
            for token in several {
                let (name, port) = token.split_once(':').unwrap_or((token, ""));
                if port.contains(':') {
                    return Err(ConfigError::postgres(
                        "host",
                        format!("'{token}' has more than one port"),
                    ));
                }
                names.push(name);
                ports.push(port);
            }
            Ok((owned(names), Some(owned(ports))))
        }
    }
}

/// `name:port` of a plain internet name.
fn split_port(host: &str) -> Option<(&str, &str)> {
    let (name, port) = host.split_once(':')?;
    let plain = name
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'));
    (plain && port.bytes().all(|b| b.is_ascii_digit())).then_some((name, port))
}

/// The servers of the gathered keywords, without passwords.
pub(super) fn resolve(keywords: &Keywords) -> Result<Vec<PostgresHost>, ConfigError> {
    let split = |keyword: &str| -> Vec<String> {
        keywords
            .get(keyword)
            .map(|v| v.split(',').map(|p| p.trim().to_owned()).collect())
            .unwrap_or_default()
    };
    let (names, addresses, ports) = (split("host"), split("hostaddr"), split("port"));
    let count = names.len().max(addresses.len()).max(1);
    if !names.is_empty() && !addresses.is_empty() && names.len() != addresses.len() {
        let reason = format!(
            "could not match {} host names to {} hostaddr values",
            names.len(),
            addresses.len()
        );
        return Err(ConfigError::postgres("hostaddr", reason));
    }
    if ports.len() > 1 && ports.len() != count {
        let reason = format!(
            "could not match {} port numbers to {count} hosts",
            ports.len()
        );
        return Err(ConfigError::postgres("port", reason));
    }
    let mut hosts = Vec::new();
    for i in 0..count {
        let port = port_of(ports.get(i).or(ports.first()).map_or("", String::as_str))?;
        let name = names.get(i).map_or("", String::as_str);
        let address = addresses.get(i).map_or("", String::as_str);
        for address in addresses_of(name, address)? {
            hosts.push(PostgresHost {
                address,
                port,
                password: None,
            });
        }
    }
    Ok(hosts)
}

fn port_of(text: &str) -> Result<u16, ConfigError> {
    if text.is_empty() {
        return Ok(DEFAULT_PORT);
    }
    text.parse()
        .ok()
        .filter(|port| *port > 0)
        .ok_or_else(|| ConfigError::postgres("port", format!("invalid port number: \"{text}\"")))
}

fn addresses_of(name: &str, address: &str) -> Result<Vec<HostAddress>, ConfigError> {
    if !address.is_empty() {
        let parsed: IpAddr = address.parse().map_err(|_| {
            ConfigError::postgres("hostaddr", format!("'{address}' is not an IP address"))
        })?;
        let name = if name.is_empty() { address } else { name };
        return Ok(vec![HostAddress::Tcp {
            name: name.to_owned(),
            address: Some(parsed),
        }]);
    }
    Ok(match name {
        "" => SOCKET_FOLDERS
            .iter()
            .map(|folder| HostAddress::Socket(PathBuf::from(folder)))
            .collect(),
        name if name.starts_with(['/', '@']) => vec![HostAddress::Socket(PathBuf::from(name))],
        name => vec![HostAddress::Tcp {
            name: name.to_owned(),
            address: None,
        }],
    })
}

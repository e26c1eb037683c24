//! Everything needed to connect to PostgreSQL, gathered as libpq gathers it.

mod hosts;
mod keywords;
mod number;
mod password_file;
mod service_file;
mod settings;
mod tls;

pub use hosts::{HostAddress, PostgresHost};
pub use settings::{ChannelBinding, PostgresSettings, TargetSession};
pub use tls::{RootCertificates, TlsMode, TlsSettings};

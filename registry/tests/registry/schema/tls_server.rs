//! A PostgreSQL server that speaks TLS, with certificates made for it; gone with the value.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use pantry_testkit::run;
use tempfile::TempDir;

/// Who may come in how; `poor` and `rich` have the password `secret`.
const HBA: &str = "\
local all all trust
hostnossl all plain all trust
hostssl all certified all cert
hostssl all rich all scram-sha-256
hostnossl all poor all scram-sha-256
hostssl all any all trust
";

/// A server on a port of 127.0.0.1 whose certificate is for `localhost`.
pub struct TlsServer {
    folder: TempDir,
    pub port: u16,
}

impl TlsServer {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let server = Self { folder, port };
        server.make_certificates();
        server.set_up();
        server
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A URL that libpq and we read alike; `{}` in `rest` is the folder of the certificates.
    pub fn url(&self, user: &str, host: &str, rest: &str) -> String {
        let folder = self.folder.path().display().to_string();
        let rest = rest.replace("{}", &folder);
        format!("postgresql://{user}@{host}:{}/postgres?{rest}", self.port)
    }

    fn make_certificates(&self) {
        let folder = self.folder.path();
        let openssl = |args: &[&str]| {
            let _ = run(Command::new("openssl").args(args).current_dir(folder)).ok();
        };
        let key = [
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
        ];
        for ca in ["ca", "other"] {
            let (out, keyout, subject) = (
                format!("{ca}.crt"),
                format!("{ca}.key"),
                format!("/CN={ca}"),
            );
            let mut args = vec![
                "req", "-x509", "-days", "2", "-subj", &subject, "-out", &out, "-keyout", &keyout,
            ];
            args.extend(key);
            openssl(&args);
        }
        for (name, common, extra) in [
            ("server", "localhost", "subjectAltName=DNS:localhost"),
            ("client", "certified", "extendedKeyUsage=clientAuth"),
        ] {
            let (request, keyout, out) = (
                format!("{name}.csr"),
                format!("{name}.key"),
                format!("{name}.crt"),
            );
            let subject = format!("/CN={common}");
            let mut args = vec![
                "req", "-new", "-subj", &subject, "-out", &request, "-keyout", &keyout,
            ];
            args.extend(key);
            openssl(&args);
            fs::write(self.file("extra.cnf"), extra).unwrap();
            openssl(&[
                "x509",
                "-req",
                "-days",
                "2",
                "-in",
                &request,
                "-CA",
                "ca.crt",
                "-CAkey",
                "ca.key",
                "-CAcreateserial",
                "-extfile",
                "extra.cnf",
                "-out",
                &out,
            ]);
        }
    }

    fn set_up(&self) {
        let data = self.file("data");
        fs::create_dir(&data).unwrap();
        self.give_to_owner(&data);
        let _ = self
            .tool(
                "initdb",
                &["-U", "any", "-A", "trust", "--locale=C", "--no-sync"],
            )
            .ok();
        let folder = self.folder.path().display();
        let settings = format!(
            "port = {}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '{folder}/data'\nfsync = off\n\
             ssl = on\nssl_cert_file = 'server.crt'\nssl_key_file = 'server.key'\nssl_ca_file = 'ca.crt'\n",
            self.port
        );
        for name in ["server.crt", "server.key", "ca.crt"] {
            fs::copy(self.file(name), data.join(name)).unwrap();
        }
        fs::write(data.join("postgresql.auto.conf"), settings).unwrap();
        fs::write(data.join("pg_hba.conf"), HBA).unwrap();
        self.give_to_owner(&data);
        let log = data.join("log");
        let started = self.tool("pg_ctl", &["-w", "-l", log.to_str().unwrap(), "start"]);
        let log = fs::read_to_string(log).unwrap_or_default();
        assert!(started.code == Some(0), "{started}{log}");
        let roles = "CREATE ROLE plain LOGIN; CREATE ROLE certified LOGIN; \
                     CREATE ROLE poor LOGIN PASSWORD 'secret'; CREATE ROLE rich LOGIN PASSWORD 'secret'";
        let port = self.port.to_string();
        let socket = data.display().to_string();
        let mut psql = owned("psql");
        let _ = run(psql.args([
            "-X", "-q", "-U", "any", "-d", "postgres", "-p", &port, "-h", &socket, "-c", roles,
        ]))
        .ok();
    }

    /// PostgreSQL refuses to run as root; as root, the files belong to its own user.
    fn give_to_owner(&self, path: &Path) {
        if is_root() {
            let _ = run(Command::new("chown").args(["-R", "postgres"]).arg(path)).ok();
            let _ = run(Command::new("chmod").arg("711").arg(self.folder.path())).ok();
        }
        let _ = run(Command::new("chmod").args(["-R", "go-rwx"]).arg(path)).ok();
    }

    fn tool(&self, name: &str, args: &[&str]) -> pantry_testkit::Ran {
        let mut command = owned(&format!("{}/{name}", bin()));
        run(command.arg("-D").arg(self.file("data")).args(args))
    }
}

impl Drop for TlsServer {
    fn drop(&mut self) {
        let _ = self.tool("pg_ctl", &["-m", "immediate", "-w", "stop"]);
    }
}

/// Somebody could take the port before the server does; then the server says so and the test fails.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn is_root() -> bool {
    run(Command::new("id").arg("-u")).ok().trim() == "0"
}

fn owned(program: &str) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command
        .args(["-u", "postgres", "--", program])
        .current_dir("/");
    command
}

fn bin() -> String {
    let found = run(Command::new("sh").args([
        "-c",
        "ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1",
    ]));
    found.ok().trim().to_owned()
}

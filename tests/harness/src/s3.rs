//! An S3 server in this process, over a folder; it can be told to fail.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// The access key that the server knows.
pub const ACCESS_KEY: &str = "TESTACCESSKEY";

/// Its secret key, which has to be escaped in an address.
pub const SECRET_KEY: &str = "test/secret:key";

/// How the server fails on one request of some.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It answers 503.
    Unavailable,
    /// It answers after this time.
    Stall(Duration),
    /// It breaks off in the middle of an answer.
    BreakOff,
    /// It answers with fewer bytes than were asked for, and says that this is the length.
    Short,
}

/// What the server does beside its work.
#[derive(Default)]
struct Behaviour {
    fault: Mutex<Option<(Fault, usize)>>,
    requests: AtomicUsize,
    log: Mutex<Vec<String>>,
}

/// A running server; it ends when it is dropped.
pub struct S3Server {
    address: SocketAddr,
    folder: TempDir,
    behaviour: Arc<Behaviour>,
    _runtime: Runtime,
}

impl S3Server {
    /// Start one with these buckets.
    pub fn start(buckets: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for bucket in buckets {
            std::fs::create_dir(folder.path().join(bucket)).expect("a folder for the bucket");
        }
        let files = FileSystem::new(folder.path()).expect("a file system");
        let mut builder = S3ServiceBuilder::new(files);
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let service = builder.build();
        let runtime = Runtime::new().expect("threads");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"));
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let behaviour = Arc::new(Behaviour::default());
        runtime.spawn(serve(listener, service, Arc::clone(&behaviour)));
        Self {
            address,
            folder,
            behaviour,
            _runtime: runtime,
        }
    }

    /// Its address without keys.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its address with keys, as the variables `LSST_RESOURCES_S3_PROFILE_*` and `S3_ENDPOINT_URL` take it.
    pub fn url_with_keys(&self) -> String {
        let secret = SECRET_KEY.replace('/', "%2F").replace(':', "%3A");
        format!("http://{ACCESS_KEY}:{secret}@{}", self.address)
    }

    /// The variables with which programs find it.
    pub fn variables(&self) -> Vec<(String, String)> {
        vec![
            ("S3_ENDPOINT_URL".to_owned(), self.url_with_keys()),
            ("AWS_EC2_METADATA_DISABLED".to_owned(), "true".to_owned()),
        ]
    }

    /// Where the objects of a bucket are as files.
    pub fn bucket(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Put an object there behind the server's back.
    pub fn put(&self, bucket: &str, key: &str, bytes: &[u8]) {
        let path = self.bucket(bucket).join(key);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).expect("a folder");
        std::fs::write(path, bytes).expect("an object");
    }

    /// From now on fail on every `every`th request; with `None` on none.
    pub fn fail(&self, fault: Option<Fault>, every: usize) {
        *self.behaviour.fault.lock().expect("no panic") = fault.map(|fault| (fault, every));
    }

    /// The requests since the last call: method, path and query.
    pub fn requests(&self) -> Vec<String> {
        std::mem::take(&mut *self.behaviour.log.lock().expect("no panic"))
    }
}

type Answer = Response<BoxBody<Bytes, std::io::Error>>;

async fn serve(listener: TcpListener, service: S3Service, behaviour: Arc<Behaviour>) {
    while let Ok((socket, _)) = listener.accept().await {
        let (service, behaviour) = (service.clone(), Arc::clone(&behaviour));
        let answer = service_fn(move |request| {
            let (service, behaviour) = (service.clone(), Arc::clone(&behaviour));
            async move { Ok::<_, Infallible>(answer(&service, &behaviour, request).await) }
        });
        tokio::spawn(async move {
            let server = hyper::server::conn::http1::Builder::new();
            // A client that goes away is its own business.
            let _ = server.serve_connection(TokioIo::new(socket), answer).await;
        });
    }
}

async fn answer(service: &S3Service, behaviour: &Behaviour, request: Request<Incoming>) -> Answer {
    let method = request.method().clone();
    let line = format!("{method} {}", request.uri());
    behaviour.log.lock().expect("no panic").push(line);
    let number = behaviour.requests.fetch_add(1, Ordering::Relaxed);
    let fault = *behaviour.fault.lock().expect("no panic");
    let fault = fault
        .filter(|(_, every)| number.is_multiple_of(*every))
        .map(|(fault, _)| fault);
    match fault {
        Some(Fault::Unavailable) => {
            let _ = request.into_body().collect().await;
            let mut answer = Response::new(whole(Bytes::new()));
            *answer.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            return answer;
        }
        Some(Fault::Stall(time)) => tokio::time::sleep(time).await,
        _ => {}
    }
    let answer = service
        .call(request.map(Into::into))
        .await
        .expect("an S3 answer");
    let (mut head, body) = answer.into_parts();
    let bytes = body.collect().await.expect("the answer's bytes").to_bytes();
    let half = bytes.slice(..bytes.len() / 2);
    let body = match fault {
        Some(Fault::BreakOff) if !bytes.is_empty() => {
            head.headers.insert("content-length", bytes.len().into());
            broken(half)
        }
        Some(Fault::Short) if method == Method::GET && bytes.len() > 1 => {
            head.headers.insert("content-length", half.len().into());
            whole(half)
        }
        _ => whole(bytes),
    };
    Response::from_parts(head, body)
}

fn whole(bytes: Bytes) -> BoxBody<Bytes, std::io::Error> {
    Full::new(bytes).map_err(|never| match never {}).boxed()
}

/// A body that fails after these bytes.
fn broken(bytes: Bytes) -> BoxBody<Bytes, std::io::Error> {
    let frames = [
        Ok(hyper::body::Frame::data(bytes)),
        Err(std::io::Error::other("told to break off")),
    ];
    http_body_util::StreamBody::new(futures_util::stream::iter(frames)).boxed()
}

//! Any S3-compatible store as a place for the archive.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, S3ConditionalPut};
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, RetryConfig};

use crate::TargetError;

/// Times a request is sent again within one call: an idle connection that the store closed just
/// then, or a passing 5xx. The archiver itself tries again for ever.
const RETRIES_MAX: usize = 2;

/// Where the store is and how to speak with it. What is `None` comes from the environment (`AWS_*`).
#[derive(Clone)]
pub struct S3Options {
    /// 3 to 63 of a-z, 0-9, `-` and `.`.
    pub bucket: String,
    /// Before every path in the bucket; may be empty.
    pub prefix: String,
    /// `https://host[:port]` of a store that is not Amazon's.
    pub endpoint: Option<String>,
    /// `eu-central-1`; `us-east-1` if the environment names none either.
    pub region: Option<String>,
    /// Whether to speak plain HTTP with another machine: whoever is between reads and changes the
    /// archive. With this machine it may always.
    pub allow_http: bool,
    /// Who we are, and its secret.
    pub credentials: Option<(String, String)>,
    /// To connect at most this long, in ms.
    pub connect_ms: u64,
    /// To send a request and have its answer at most this long, in ms.
    pub request_ms: u64,
}

impl S3Options {
    /// This bucket, all else from the environment: 5 s to connect, 60 s for a request.
    #[must_use]
    pub fn new(bucket: &str) -> Self {
        Self {
            bucket: bucket.to_owned(),
            prefix: String::new(),
            endpoint: None,
            region: None,
            allow_http: false,
            credentials: None,
            connect_ms: 5_000,
            request_ms: 60_000,
        }
    }

    /// The store. Nothing is connected yet, nothing asked.
    ///
    /// # Errors
    ///
    /// If an option is malformed, or the endpoint is plain HTTP on another machine and that was not
    /// allowed.
    pub fn open(&self) -> Result<Arc<dyn ObjectStore>, TargetError> {
        let bucket = self.bucket.as_str();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
        if !(3..=63).contains(&bucket.len()) || !bucket.chars().all(plain) {
            let why = format!("S3 bucket {bucket:?}: a name is 3 to 63 of a-z, 0-9, - and .");
            return Err(TargetError::Refused(why));
        }
        let prefix = Path::parse(&self.prefix).map_err(|error| {
            TargetError::Refused(format!("S3 prefix {:?}: {error}", self.prefix))
        })?;
        let store = self.builder()?.build().map_err(|error| {
            TargetError::Refused(format!("the S3 store cannot be set up: {error}"))
        })?;
        if prefix.as_ref().is_empty() {
            Ok(Arc::new(store))
        } else {
            Ok(Arc::new(PrefixStore::new(store, prefix)))
        }
    }

    fn builder(&self) -> Result<AmazonS3Builder, TargetError> {
        let mut builder = AmazonS3Builder::from_env();
        if let Some(endpoint) = &self.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        if let Some(region) = &self.region {
            builder = builder.with_region(region);
        }
        if let Some((id, secret)) = &self.credentials {
            builder = builder.with_access_key_id(id).with_secret_access_key(secret);
        }
        let endpoint = builder.get_config_value(&AmazonS3ConfigKey::Endpoint);
        let client = ClientOptions::new()
            .with_connect_timeout(Duration::from_millis(self.connect_ms.max(1)))
            .with_timeout(Duration::from_millis(self.request_ms.max(1)))
            .with_allow_http(self.may_be_http(endpoint.as_deref())?);
        let retry = RetryConfig {
            backoff: BackoffConfig {
                init_backoff: Duration::from_millis(50),
                max_backoff: Duration::from_millis(500),
                base: 2.0,
            },
            max_retries: RETRIES_MAX,
            retry_timeout: Duration::from_millis(self.request_ms.max(1)),
        };
        // What another writer put is never overwritten unseen, whatever the environment says.
        Ok(builder
            .with_bucket_name(&self.bucket)
            .with_conditional_put(S3ConditionalPut::ETagMatch)
            .with_retry(retry)
            .with_client_options(client))
    }

    fn may_be_http(&self, endpoint: Option<&str>) -> Result<bool, TargetError> {
        let Some(host) = endpoint.and_then(|endpoint| endpoint.strip_prefix("http://")) else {
            return Ok(false);
        };
        if self.allow_http || is_loopback(host) {
            return Ok(true);
        }
        let why = "the S3 endpoint is plain http on another machine, where anybody between reads \
                   and changes the archive: use https, or allow http explicitly";
        Err(TargetError::Refused(why.to_owned()))
    }
}

/// Whether `host[:port][/...]` is this machine, by its name or number, asking nobody.
fn is_loopback(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        Some((host, _)) => host,
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl fmt::Debug for S3Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Options")
            .field("bucket", &self.bucket)
            .field("prefix", &self.prefix)
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .field("allow_http", &self.allow_http)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(endpoint: &str) -> S3Options {
        let credentials = Some(("somebody".to_owned(), "hunter2".to_owned()));
        S3Options { endpoint: Some(endpoint.to_owned()), credentials, ..S3Options::new("liap") }
    }

    #[test]
    fn plain_http_is_for_this_machine_unless_it_is_allowed() {
        for endpoint in [
            "http://127.0.0.1:9000",
            "http://localhost:9000/",
            "http://[::1]:9000",
            "https://s3.example.org",
        ] {
            assert!(options(endpoint).open().is_ok(), "{endpoint}");
        }
        for endpoint in [
            "http://s3.example.org",
            "http://127.0.0.1.example.org",
            "http://localhost.example.org:9000",
            "http://127.0.0.1@example.org/",
            "http://[2001:db8::1]:9000",
        ] {
            let error = options(endpoint).open().unwrap_err().to_string();
            assert!(error.contains("allow http explicitly"), "{endpoint}: {error}");
            let allowed = S3Options { allow_http: true, ..options(endpoint) };
            assert!(allowed.open().is_ok(), "{endpoint}");
        }
    }

    #[test]
    fn what_is_no_bucket_or_no_prefix_is_refused_by_its_name() {
        for bucket in ["", "ab", "Liap", "li/ap"] {
            let error = S3Options::new(bucket).open().unwrap_err().to_string();
            assert!(error.contains("bucket"), "{error}");
        }
        let prefix = "a//b".to_owned();
        let error = S3Options { prefix, ..S3Options::new("liap") }.open().unwrap_err().to_string();
        assert!(error.contains("prefix"), "{error}");
    }

    #[test]
    fn the_secret_is_in_no_text() {
        let shown = format!("{:?}", options("https://s3.example.org"));
        assert!(shown.contains("liap") && !shown.contains("hunter2"), "{shown}");
        let store = format!("{:?}", options("https://s3.example.org").open().unwrap());
        assert!(!store.contains("hunter2"), "{store}");
    }
}

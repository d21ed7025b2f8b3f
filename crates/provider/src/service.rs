//! The two gRPC services of a plugin: Terraform's provider, and go-plugin's controller, which ends it.
//!
//! Calls are found by path in one match each, as generated code would do it.

use std::convert::Infallible;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use prost::Message;
use tokio::sync::Notify;
use tonic::body::Body;
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::{Code, Status};
use tonic_prost::ProstCodec;
use tower_service::Service;

use crate::protocol::{self as p, Empty};
use crate::provider::Provider;
use crate::stop;

/// Bytes of one message. Terraform's own limit is 256 MiB; nothing here comes near.
const MAX_MESSAGE_BYTES: usize = 64 << 20;

type Answer = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

/// Terraform's provider service.
#[derive(Clone, Debug)]
pub struct ProviderService {
    provider: Arc<Provider>,
}

/// go-plugin's controller.
#[derive(Clone, Debug)]
pub struct ControllerService {
    done: Arc<Notify>,
}

impl ProviderService {
    /// Of a provider.
    #[must_use]
    pub fn new(provider: Arc<Provider>) -> Self {
        Self { provider }
    }

    /// Runs a call on a thread that may block: the provider's HTTP client does.
    fn call<Req, Res>(
        &self,
        request: Request<Body>,
        method: impl FnOnce(&Provider, Req) -> Res + Send + 'static,
    ) -> Answer
    where
        Req: Message + Default + Send + 'static,
        Res: Message + Default + Send + 'static,
    {
        let provider = Arc::clone(&self.provider);
        unary(request, move |message: Req| async move {
            let work = tokio::task::spawn_blocking(move || method(&provider, message));
            work.await.map_err(|error| Status::internal(format!("a call ended early: {error}")))
        })
    }
}

impl ControllerService {
    /// Notifies `done` when Terraform has no more use for the plugin.
    #[must_use]
    pub fn new(done: Arc<Notify>) -> Self {
        Self { done }
    }
}

impl NamedService for ProviderService {
    const NAME: &'static str = "tfplugin6.Provider";
}

impl NamedService for ControllerService {
    const NAME: &'static str = "plugin.GRPCController";
}

impl Service<Request<Body>> for ProviderService {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Answer {
        let this = &*self;
        match method(&request).as_str() {
            "GetMetadata" => Self::call(this, request, |it, _: Empty| it.metadata()),
            "GetProviderSchema" => Self::call(this, request, |it, _: Empty| it.schemas()),
            "GetFunctions" => {
                Self::call(this, request, |_, _: Empty| p::GetFunctionsResponse::default())
            }
            "StopProvider" => Self::call(this, request, |_, _: Empty| {
                stop::RUN.request();
                p::StopProviderResponse::default()
            }),
            "ValidateProviderConfig" => Self::call(this, request, Provider::validate_provider),
            "ValidateResourceConfig" => Self::call(this, request, Provider::validate_resource),
            "ValidateDataResourceConfig" => {
                Self::call(this, request, Provider::validate_data_source)
            }
            "UpgradeResourceState" => Self::call(this, request, Provider::upgrade),
            "ConfigureProvider" => Self::call(this, request, Provider::configure),
            "ReadResource" => Self::call(this, request, Provider::read),
            "PlanResourceChange" => Self::call(this, request, Provider::plan),
            "ApplyResourceChange" => Self::call(this, request, Provider::apply),
            "ImportResourceState" => Self::call(this, request, Provider::import),
            "MoveResourceState" => Self::call(this, request, Provider::move_state),
            "ReadDataSource" => Self::call(this, request, Provider::read_data_source),
            _ => unimplemented(),
        }
    }
}

impl Service<Request<Body>> for ControllerService {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Answer {
        if method(&request) != "Shutdown" {
            return unimplemented();
        }
        let done = Arc::clone(&self.done);
        unary(request, move |_: Empty| async move {
            done.notify_one();
            Ok(Empty {})
        })
    }
}

/// What a path ends in.
fn method(request: &Request<Body>) -> String {
    request.uri().path().rsplit('/').next().unwrap_or_default().to_owned()
}

/// One message in, one out.
fn unary<Req, Res, F, Fut>(request: Request<Body>, answer: F) -> Answer
where
    Req: Message + Default + Send + 'static,
    Res: Message + Default + Send + 'static,
    F: FnOnce(Req) -> Fut + Send + 'static,
    Fut: Future<Output = Result<Res, Status>> + Send + 'static,
{
    Box::pin(async move {
        let mut grpc = Grpc::new(ProstCodec::<Res, Req>::default())
            .max_decoding_message_size(MAX_MESSAGE_BYTES)
            .max_encoding_message_size(MAX_MESSAGE_BYTES);
        Ok(grpc.unary(Once { answer: Some(answer), message: PhantomData }, request).await)
    })
}

/// A closure as tonic wants it.
struct Once<Req, F> {
    answer: Option<F>,
    message: PhantomData<fn(Req)>,
}

impl<Req, Res, F, Fut> UnaryService<Req> for Once<Req, F>
where
    Req: Send + 'static,
    Res: Send + 'static,
    F: FnOnce(Req) -> Fut + Send + 'static,
    Fut: Future<Output = Result<Res, Status>> + Send + 'static,
{
    type Response = Res;
    type Future = Pin<Box<dyn Future<Output = Result<tonic::Response<Res>, Status>> + Send>>;

    fn call(&mut self, request: tonic::Request<Req>) -> Self::Future {
        let answer = self.answer.take();
        Box::pin(async move {
            let Some(answer) = answer else {
                return Err(Status::internal("a call was answered twice"));
            };
            Ok(tonic::Response::new(answer(request.into_inner()).await?))
        })
    }
}

/// The answer to calls of newer protocols, which Terraform takes as "does not have it".
fn unimplemented() -> Answer {
    let status = Status::new(Code::Unimplemented, "rolecall's provider does not have this call");
    Box::pin(async move { Ok(status.into_http()) })
}

//! The operations of Lambda, and how its REST API names them.

cloud::operations! { Lambda;
    write crate::function::create::CreateFunction;
    read crate::function::read::GetFunction;
    read crate::function::read::GetFunctionConfiguration;
    read crate::function::read::GetFunctionCodeSigningConfig;
    read crate::function::read::ListFunctions;
    write crate::function::update::UpdateFunctionConfiguration;
    write crate::function::update::UpdateFunctionCode;
    write crate::function::delete::DeleteFunction;

    write crate::version::PublishVersion;
    read crate::version::ListVersionsByFunction;

    write crate::alias::CreateAlias;
    read crate::alias::GetAlias;
    write crate::alias::UpdateAlias;
    write crate::alias::DeleteAlias;
    read crate::alias::ListAliases;

    write crate::concurrency::PutFunctionConcurrency;
    read crate::concurrency::GetFunctionConcurrency;
    write crate::concurrency::DeleteFunctionConcurrency;

    write crate::permission::AddPermission;
    write crate::permission::RemovePermission;
    read crate::permission::GetPolicy;

    write crate::tags::TagResource;
    write crate::tags::UntagResource;
    read crate::tags::ListTags;
}

/// How a request names an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The method.
    pub method: &'static str,
    /// The path; `{Name}` stands for one part of it and becomes the input's member `Name`.
    pub path: &'static str,
    /// The operation.
    pub operation: &'static str,
    /// The status of a good answer.
    pub status: u16,
}

const fn route(
    method: &'static str,
    path: &'static str,
    operation: &'static str,
    status: u16,
) -> Route {
    Route { method, path, operation, status }
}

/// The routes of all of them (API model, botocore 1.43).
pub const ROUTES: &[Route] = &[
    route("POST", "/2015-03-31/functions", "CreateFunction", 201),
    route("GET", "/2015-03-31/functions", "ListFunctions", 200),
    route("GET", "/2015-03-31/functions/{FunctionName}", "GetFunction", 200),
    route("DELETE", "/2015-03-31/functions/{FunctionName}", "DeleteFunction", 204),
    route(
        "GET",
        "/2015-03-31/functions/{FunctionName}/configuration",
        "GetFunctionConfiguration",
        200,
    ),
    route(
        "PUT",
        "/2015-03-31/functions/{FunctionName}/configuration",
        "UpdateFunctionConfiguration",
        200,
    ),
    route("PUT", "/2015-03-31/functions/{FunctionName}/code", "UpdateFunctionCode", 200),
    route(
        "GET",
        "/2020-06-30/functions/{FunctionName}/code-signing-config",
        "GetFunctionCodeSigningConfig",
        200,
    ),
    route("POST", "/2015-03-31/functions/{FunctionName}/versions", "PublishVersion", 201),
    route("GET", "/2015-03-31/functions/{FunctionName}/versions", "ListVersionsByFunction", 200),
    route("POST", "/2015-03-31/functions/{FunctionName}/aliases", "CreateAlias", 201),
    route("GET", "/2015-03-31/functions/{FunctionName}/aliases", "ListAliases", 200),
    route("GET", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", "GetAlias", 200),
    route("PUT", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", "UpdateAlias", 200),
    route("DELETE", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", "DeleteAlias", 204),
    route("POST", "/2015-03-31/functions/{FunctionName}/policy", "AddPermission", 201),
    route("GET", "/2015-03-31/functions/{FunctionName}/policy", "GetPolicy", 200),
    route(
        "DELETE",
        "/2015-03-31/functions/{FunctionName}/policy/{StatementId}",
        "RemovePermission",
        204,
    ),
    route("PUT", "/2017-10-31/functions/{FunctionName}/concurrency", "PutFunctionConcurrency", 200),
    route("GET", "/2019-09-30/functions/{FunctionName}/concurrency", "GetFunctionConcurrency", 200),
    route(
        "DELETE",
        "/2017-10-31/functions/{FunctionName}/concurrency",
        "DeleteFunctionConcurrency",
        204,
    ),
    route("POST", "/2017-03-31/tags/{Resource}", "TagResource", 204),
    route("DELETE", "/2017-03-31/tags/{Resource}", "UntagResource", 204),
    route("GET", "/2017-03-31/tags/{Resource}", "ListTags", 200),
];

/// Members of inputs that come in the query string and are numbers.
pub const NUMBERS: &[&str] = &["MaxItems"];
/// Members of inputs that come in the query string and are lists.
pub const LISTS: &[&str] = &["tagKeys"];

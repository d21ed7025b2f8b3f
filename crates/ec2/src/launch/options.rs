//! The options of a launch: what the metadata service and the attributes of an instance will be.

use cloud::{Ask, Fault};
use names::Word;

use crate::image::Image;
use crate::instance::{Attributes, MetadataOptions};
use crate::instance_type::InstanceType;
use crate::launch::LaunchData;
use crate::launch::specification::MetadataOptionsSpecification;
use crate::metadata_defaults;

/// The hop limit of images that ask for IMDSv2 (EC2 user guide, "Configure instance metadata options").
const IMDS_V2_HOP_LIMIT: u8 = 2;
/// The highest hop limit.
pub const MAX_HOP_LIMIT: i32 = 64;

/// What the metadata service of a launch will be like: the request says it, or else the account's defaults,
/// or else the image ("order of precedence", same place).
///
/// # Errors
/// For words and numbers that it cannot take.
pub fn metadata(
    ask: &Ask<'_>,
    image: &Image,
    asked: Option<&MetadataOptionsSpecification>,
) -> Result<MetadataOptions, Fault> {
    let mut options = MetadataOptions::default();
    if image.imds_v2 {
        options.tokens_required = true;
        options.hop_limit = IMDS_V2_HOP_LIMIT;
    }
    metadata_defaults::of(ask).apply(&mut options);
    if let Some(asked) = asked {
        apply(asked, &mut options)?;
    }
    Ok(options)
}

/// Changes `options` to what is asked for.
///
/// # Errors
/// `InvalidParameterValue` (unverified: its text); `NotImplemented` for IPv6.
pub fn apply(
    asked: &MetadataOptionsSpecification,
    options: &mut MetadataOptions,
) -> Result<(), Fault> {
    let word = |name: &str, value: &Option<String>, yes: &str, no: &str| match value.as_deref() {
        None | Some("") => Ok(None),
        Some(value) if value == yes => Ok(Some(true)),
        Some(value) if value == no => Ok(Some(false)),
        Some(value) => Err(invalid(name, value)),
    };
    let switch = |name: &str, value: &Option<String>| word(name, value, "enabled", "disabled");
    let tokens = word("httpTokens", &asked.http_tokens, "required", "optional")?;
    let enabled = switch("httpEndpoint", &asked.http_endpoint)?;
    let ipv6 = switch("httpProtocolIpv6", &asked.http_protocol_ipv6)?;
    if ipv6 == Some(true) {
        let text = "rolecall does not model `HttpProtocolIpv6=enabled`: metadata is read over IPv4, so leave \
                    it out, or see docs/fidelity/metadata.md";
        return Err(Fault::new("NotImplemented", text));
    }
    let tags = switch("instanceMetadataTags", &asked.instance_metadata_tags)?;
    if let Some(limit) = asked.http_put_response_hop_limit {
        let fits = (1..=MAX_HOP_LIMIT).contains(&limit);
        let limit_u8 = u8::try_from(limit).ok().filter(|_| fits);
        options.hop_limit =
            limit_u8.ok_or_else(|| invalid("httpPutResponseHopLimit", &limit.to_string()))?;
    }
    options.tokens_required = tokens.unwrap_or(options.tokens_required);
    options.enabled = enabled.unwrap_or(options.enabled);
    options.ipv6 = ipv6.unwrap_or(options.ipv6);
    options.tags = tags.unwrap_or(options.tags);
    Ok(())
}

fn invalid(name: &str, value: &str) -> Fault {
    let text = format!("Value ({value}) for parameter {name} is invalid.");
    Fault::new("InvalidParameterValue", text)
}

/// The attributes of a launch.
///
/// # Errors
/// For words and numbers that they cannot take, and options that the type does not have.
pub fn attributes(data: &LaunchData, kind: &InstanceType) -> Result<Attributes, Fault> {
    let shutdown = data.instance_initiated_shutdown_behavior.as_deref();
    let shutdown_terminates = match shutdown {
        None | Some("" | "stop") => false,
        Some("terminate") => true,
        Some(other) => return Err(invalid("instanceInitiatedShutdownBehavior", other)),
    };
    let names = data.private_dns_name_options.as_ref();
    let recovery = data.maintenance_options.as_ref().and_then(|it| it.auto_recovery.as_deref());
    let reservations = data.capacity_reservation_specification.as_ref();
    Ok(Attributes {
        disable_api_termination: data.disable_api_termination == Some(true),
        disable_api_stop: data.disable_api_stop == Some(true),
        shutdown_terminates,
        monitoring: data.monitoring.as_ref().is_some_and(|it| it.enabled == Some(true)),
        ebs_optimized: data.ebs_optimized == Some(true),
        unlimited_credits: credits(data, kind)?,
        enclave: data.enclave_options.as_ref().is_some_and(|it| it.enabled == Some(true)),
        hibernation: data
            .hibernation_options
            .as_ref()
            .is_some_and(|it| it.configured == Some(true)),
        no_auto_recovery: match recovery {
            None | Some("default") => false,
            Some("disabled") => true,
            Some(other) => return Err(invalid("autoRecovery", other)),
        },
        named_by_id: names.is_some_and(|it| it.hostname_type.as_deref() == Some("resource-name")),
        named_by_id_a_record: names.is_some_and(|it| it.a_record == Some(true)),
        cpu: cpu(data, kind)?,
        capacity_reservations: reservations
            .and_then(|it| it.capacity_reservation_preference.as_deref())
            .filter(|preference| *preference != "open")
            .map(Word::from),
    })
}

/// Whether a burstable type spends more than it earns.
fn credits(data: &LaunchData, kind: &InstanceType) -> Result<Option<bool>, Fault> {
    let asked = data.credit_specification.as_ref().and_then(|it| it.cpu_credits.as_deref());
    let unlimited = match asked.filter(|_| kind.burstable) {
        None => return Ok(kind.unlimited_by_default()),
        Some("unlimited") => true,
        Some("standard") => false,
        Some(other) => return Err(invalid("cpuCredits", other)),
    };
    Ok(Some(unlimited))
}

/// Cores and threads, where they are not the type's own.
fn cpu(data: &LaunchData, kind: &InstanceType) -> Result<Option<(i32, i32)>, Fault> {
    let Some(asked) = &data.cpu_options else { return Ok(None) };
    let cores = asked.core_count.unwrap_or(kind.cores);
    let threads = asked.threads_per_core.unwrap_or(kind.threads_per_core);
    if !(1..=kind.cores).contains(&cores) {
        return Err(invalid("cpuOptions.coreCount", &cores.to_string()));
    }
    if !(1..=kind.threads_per_core.max(1)).contains(&threads) {
        return Err(invalid("cpuOptions.threadsPerCore", &threads.to_string()));
    }
    let own = (kind.cores, kind.threads_per_core);
    Ok(Some((cores, threads)).filter(|asked| *asked != own))
}

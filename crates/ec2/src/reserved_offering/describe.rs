//! `DescribeReservedInstancesOfferings`

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use super::{Offering, of_type};
use crate::filter::{Field, Filter, Filters};
use crate::region::describe::unknown_zone;
use crate::{catalogue, demand, instance_type, page, region};

/// The most, and what an answer has unless it is asked for less ("The maximum is 100", API reference).
const MAX_PAGE: i32 = 100;

/// `DescribeReservedInstancesOfferings`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeReservedInstancesOfferings {
    #[serde(default)]
    reserved_instances_offering_id: Vec<String>,
    instance_type: Option<String>,
    availability_zone: Option<String>,
    product_description: Option<String>,
    instance_tenancy: Option<String>,
    offering_type: Option<String>,
    offering_class: Option<String>,
    min_duration: Option<i64>,
    max_duration: Option<i64>,
    /// Offerings of other customers: there are none.
    #[serde(default)]
    #[expect(dead_code, reason = "there is no marketplace")]
    include_marketplace: bool,
    #[expect(dead_code, reason = "every offering can be had as often as one likes")]
    max_instance_count: Option<i32>,
    #[serde(default)]
    filter: Vec<Filter>,
    max_results: Option<i32>,
    next_token: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

/// What `DescribeReservedInstancesOfferings` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeReservedInstancesOfferingsOutput {
    reserved_instances_offerings_set: Vec<OfferingShape>,
    next_token: Option<String>,
}

/// An offering as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OfferingShape {
    reserved_instances_offering_id: String,
    instance_type: &'static str,
    availability_zone: Option<String>,
    scope: &'static str,
    duration: i64,
    fixed_price: f64,
    usage_price: f64,
    product_description: &'static str,
    instance_tenancy: &'static str,
    currency_code: &'static str,
    offering_class: &'static str,
    offering_type: &'static str,
    marketplace: bool,
    recurring_charges: Vec<RecurringCharge>,
    pricing_details_set: Vec<()>,
}

/// What is paid again and again.
#[derive(Debug, Serialize)]
pub struct RecurringCharge {
    frequency: &'static str,
    amount: f64,
}

const FIELDS: &[Field<Offering>] = &[
    ("availability-zone", |_, offering| offering.zone.iter().cloned().collect()),
    ("duration", |_, offering| vec![offering.duration_seconds.to_string()]),
    ("fixed-price", |_, offering| vec![dollars(offering.fixed).to_string()]),
    ("instance-type", |_, offering| vec![offering.instance_type.to_owned()]),
    ("marketplace", |_, _| vec!["false".to_owned()]),
    ("product-description", |_, offering| vec![offering.product.to_owned()]),
    ("reserved-instances-offering-id", |_, offering| vec![offering.id.clone()]),
    ("scope", |_, offering| vec![scope(offering).to_owned()]),
    ("usage-price", |_, _| vec!["0.0".to_owned()]),
];

impl Operation for DescribeReservedInstancesOfferings {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribeReservedInstancesOfferings";
    type Output = DescribeReservedInstancesOfferingsOutput;

    fn check(&self) -> Result<(), Fault> {
        page::check_max_results(self.max_results, 1)?;
        if let Some(kind) = &self.instance_type {
            instance_type::wanted(kind)?;
        }
        Ok(())
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:DescribeReservedInstancesOfferings")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Read for DescribeReservedInstancesOfferings {
    fn read(self, ask: &Ask<'_>) -> Result<DescribeReservedInstancesOfferingsOutput, Fault> {
        let filters = Filters::new(&self.filter, FIELDS, false)?;
        let zone = self.availability_zone.as_deref();
        if let Some(name) = zone.filter(|name| region::zone(ask.region, name).is_none()) {
            return Err(unknown_zone(name));
        }
        let skip = self.next_token.as_deref().map(page::read_token).transpose()?;
        let skip = skip.map_or(Ok(0), |text| text.parse::<usize>());
        let skip = skip.map_err(|_| {
            let token = self.next_token.as_deref().unwrap_or_default();
            Fault::new("InvalidNextToken", format!("The token '{token}' is invalid"))
        })?;
        let names = catalogue::instance_type_names()
            .filter(|name| self.instance_type.as_deref().is_none_or(|wanted| wanted == *name))
            .filter(|name| match zone {
                Some(zone) => catalogue::offers(ask.region, zone, name),
                None => catalogue::zones_offering(ask.region, name).next().is_some(),
            });
        let all =
            names.filter_map(instance_type::find).flat_map(|kind| of_type(ask.region, kind, zone));
        let wanted = all.filter(|it| self.wants(it) && filters.match_all(ask, it, ""));
        let most = self.max_results.unwrap_or(MAX_PAGE).min(MAX_PAGE);
        let most = usize::try_from(most).unwrap_or_default();
        // One more tells whether there is a next page.
        let numbered = wanted.enumerate().skip(skip).take(most + 1).collect();
        let page = page::cut(numbered, i32::try_from(most).ok(), |(at, _)| (at + 1).to_string());
        let shapes = page.items.into_iter().map(|(_, offering)| OfferingShape::new(offering));
        Ok(DescribeReservedInstancesOfferingsOutput {
            reserved_instances_offerings_set: shapes.collect(),
            next_token: page.next_token,
        })
    }
}

impl DescribeReservedInstancesOfferings {
    fn wants(&self, offering: &Offering) -> bool {
        let is = |wanted: &Option<String>, value: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted == value)
        };
        let ids = &self.reserved_instances_offering_id;
        // Products "(Amazon VPC)" are the same since there is nothing else.
        let product = self.product_description.as_deref();
        let product = product.map(|text| text.trim_end_matches(" (Amazon VPC)"));
        (ids.is_empty() || ids.contains(&offering.id))
            && product.is_none_or(|product| product == offering.product)
            && is(&self.offering_class, offering.class)
            && is(&self.offering_type, offering.payment)
            && is(&self.instance_tenancy, "default")
            && self.min_duration.is_none_or(|least| offering.duration_seconds >= least)
            && self.max_duration.is_none_or(|most| offering.duration_seconds <= most)
    }
}

impl OfferingShape {
    fn new(offering: Offering) -> Self {
        let charge = RecurringCharge { frequency: "Hourly", amount: dollars(offering.hourly) };
        Self {
            scope: scope(&offering),
            reserved_instances_offering_id: offering.id,
            instance_type: offering.instance_type,
            availability_zone: offering.zone,
            duration: offering.duration_seconds,
            fixed_price: dollars(offering.fixed),
            usage_price: 0.0,
            product_description: offering.product,
            instance_tenancy: "default",
            currency_code: "USD",
            offering_class: offering.class,
            offering_type: offering.payment,
            marketplace: false,
            recurring_charges: vec![charge],
            pricing_details_set: Vec::new(),
        }
    }
}

fn scope(offering: &Offering) -> &'static str {
    if offering.zone.is_some() { "Availability Zone" } else { "Region" }
}

#[expect(clippy::cast_precision_loss, reason = "prices are far below what a float counts exactly")]
fn dollars(millionths: i64) -> f64 {
    millionths as f64 / 1_000_000.0
}

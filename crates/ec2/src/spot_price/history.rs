//! `DescribeSpotPriceHistory`

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use names::Timestamp;
use serde::{Deserialize, Serialize};

use crate::catalogue;
use crate::demand;
use crate::filter::{Field, Filter, Filters};
use crate::instance_type::{self, InstanceType};
use crate::page;
use crate::region;
use crate::spot_price::{self, PRODUCTS};
use crate::time::{Time, TimeInput};

/// How far back the history goes: "You can view the Spot price history for the last 90 days".
pub const HISTORY_DAYS: i64 = 90;
const SECONDS_PER_DAY: i64 = 86_400;
/// Prices in one answer.
const MAX_PRICES: usize = 1000;

/// `DescribeSpotPriceHistory`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeSpotPriceHistory {
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
    /// Prices that held from here on.
    pub start_time: Option<TimeInput>,
    /// Prices that held up to here.
    pub end_time: Option<TimeInput>,
    /// Of these types.
    #[serde(default)]
    pub instance_type: Vec<String>,
    /// Of these products.
    #[serde(default)]
    pub product_description: Vec<String>,
    /// In this zone.
    pub availability_zone: Option<String>,
    /// In the zone of this id.
    pub availability_zone_id: Option<String>,
    /// Those that match.
    #[serde(default)]
    pub filter: Vec<Filter>,
    /// At most so many.
    pub max_results: Option<i32>,
    /// From where the last answer ended.
    pub next_token: Option<String>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SpotPriceHistoryOutput {
    spot_price_history_set: Vec<SpotPrice>,
    next_token: String,
}

/// A price, since a time.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SpotPrice {
    instance_type: &'static str,
    product_description: &'static str,
    spot_price: String,
    timestamp: Time,
    availability_zone: String,
    availability_zone_id: String,
}

const FIELDS: &[Field<SpotPrice>] = &[
    ("availability-zone", |_, price| vec![price.availability_zone.clone()]),
    ("availability-zone-id", |_, price| vec![price.availability_zone_id.clone()]),
    ("instance-type", |_, price| vec![price.instance_type.to_owned()]),
    ("product-description", |_, price| vec![price.product_description.to_owned()]),
    ("spot-price", |_, price| vec![price.spot_price.clone()]),
    ("timestamp", |_, price| vec![price.timestamp.0.to_string()]),
];

impl Operation for DescribeSpotPriceHistory {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribeSpotPriceHistory";
    type Output = SpotPriceHistoryOutput;

    fn check(&self) -> Result<(), Fault> {
        for name in &self.instance_type {
            instance_type::wanted(name)?;
        }
        Ok(())
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:DescribeSpotPriceHistory")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Read for DescribeSpotPriceHistory {
    /// Type by type, and of each the newest first; how AWS orders different types is unverified.
    fn read(self, ask: &Ask<'_>) -> Result<SpotPriceHistoryOutput, Fault> {
        let filters = Filters::new(&self.filter, FIELDS, false)?;
        if let Some(zone) = &self.availability_zone
            && region::zone(ask.region, zone).is_none()
        {
            let text = format!("Invalid availability zone: [{zone}]");
            return Err(Fault::new("InvalidParameterValue", text));
        }
        let skip: usize = match self.next_token.as_deref().filter(|token| !token.is_empty()) {
            Some(token) => page::read_token(token)?.parse().map_err(|_| {
                Fault::new("InvalidNextToken", format!("The token '{token}' is invalid"))
            })?,
            None => 0,
        };
        let most = self.max_results.and_then(|most| usize::try_from(most).ok());
        let most = most.unwrap_or(MAX_PRICES).clamp(1, MAX_PRICES);
        let prices = self.types().flat_map(|kind| self.of_type(ask, kind));
        let wanted = prices.filter(|price| filters.match_all(ask, price, ""));
        let mut items: Vec<SpotPrice> = wanted.skip(skip).take(most + 1).collect();
        let more = items.len() > most;
        items.truncate(most);
        // EC2 answers an empty token at the end.
        let next_token =
            if more { page::token(&(skip + items.len()).to_string()) } else { String::new() };
        Ok(SpotPriceHistoryOutput { spot_price_history_set: items, next_token })
    }
}

impl DescribeSpotPriceHistory {
    fn types(&self) -> impl Iterator<Item = &'static InstanceType> {
        let asked = &self.instance_type;
        let wanted = move |name: &&str| asked.is_empty() || asked.iter().any(|one| one == name);
        let types = catalogue::instance_type_names().filter(wanted);
        types
            .filter_map(instance_type::find)
            .filter(|kind| kind.usage_classes.iter().any(|class| class == "spot"))
    }

    /// The prices of a type, the newest first.
    fn of_type<'a>(
        &'a self,
        ask: &'a Ask<'_>,
        kind: &'static InstanceType,
    ) -> impl Iterator<Item = SpotPrice> + use<'a> {
        let zones = catalogue::zones_offering(ask.region, kind.name);
        let zones = zones.filter_map(|zone| region::zone(ask.region, zone)).filter(|zone| {
            self.availability_zone.as_ref().is_none_or(|name| *name == zone.name)
                && self.availability_zone_id.as_ref().is_none_or(|id| *id == zone.id)
        });
        let products = PRODUCTS.iter().filter(|(name, _)| {
            self.product_description.is_empty()
                || self
                    .product_description
                    .iter()
                    .any(|one| one.trim_end_matches(" (Amazon VPC)") == *name)
        });
        let products: Vec<_> = products.copied().collect();
        let now = ask.now;
        let end = self.end_time.map_or(now, |time| time.0.min(now));
        let start = self
            .start_time
            .map_or(end.plus_seconds(-HISTORY_DAYS * SECONDS_PER_DAY), |time| time.0);
        let start = start.max(now.plus_seconds(-HISTORY_DAYS * SECONDS_PER_DAY)).min(end);
        zones.flat_map(move |zone| {
            let times = changes(kind, &zone.name, start, end);
            let products = products.clone();
            times.into_iter().flat_map(move |since| {
                let zone = zone.clone();
                products.clone().into_iter().map(move |product| SpotPrice {
                    instance_type: kind.name,
                    product_description: product.0,
                    spot_price: spot_price::dollars(spot_price::price(
                        kind, &zone.name, product, since,
                    )),
                    timestamp: Time(since),
                    availability_zone: zone.name.clone(),
                    availability_zone_id: zone.id.clone(),
                })
            })
        })
    }
}

/// The changes between `start` and `end`, the newest first, with the one whose price held at `start`.
fn changes(kind: &InstanceType, zone: &str, start: Timestamp, end: Timestamp) -> Vec<Timestamp> {
    let newest = spot_price::changed(kind, zone, end);
    let days = std::iter::successors(Some(newest), |time| {
        (*time > start).then(|| time.plus_seconds(-SECONDS_PER_DAY))
    });
    days.collect()
}

//! `DescribeInstanceTypeOfferings`

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use crate::catalogue;
use crate::demand;
use crate::filter::{Field, Filter, Filters};
use crate::page::{self, LEAST};
use crate::region;

/// `DescribeInstanceTypeOfferings`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeInstanceTypeOfferings {
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
    /// What kind of place: `region` unless said otherwise.
    pub location_type: Option<String>,
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
pub struct InstanceTypeOfferingsOutput {
    instance_type_offering_set: Vec<InstanceTypeOffering>,
    next_token: Option<String>,
}

/// One type in one place.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InstanceTypeOffering {
    instance_type: &'static str,
    location_type: String,
    location: String,
}

const FIELDS: &[Field<InstanceTypeOffering>] = &[
    ("instance-type", |_, offering| vec![offering.instance_type.to_owned()]),
    ("location", |_, offering| vec![offering.location.clone()]),
];

impl DescribeInstanceTypeOfferings {
    fn location_type(&self) -> &str {
        self.location_type.as_deref().unwrap_or("region")
    }

    /// The places where a type is offered.
    fn locations(&self, ask: &Ask<'_>, name: &str) -> Vec<String> {
        let zones = catalogue::zones_offering(ask.region, name);
        match self.location_type() {
            "region" => zones.take(1).map(|_| ask.region.to_owned()).collect(),
            "availability-zone" => zones.map(str::to_owned).collect(),
            "availability-zone-id" => {
                zones.filter_map(|zone| Some(region::zone(ask.region, zone)?.id)).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl Operation for DescribeInstanceTypeOfferings {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribeInstanceTypeOfferings";
    type Output = InstanceTypeOfferingsOutput;

    fn check(&self) -> Result<(), Fault> {
        page::check_max_results(self.max_results, LEAST)?;
        match self.location_type() {
            "region" | "availability-zone" | "availability-zone-id" | "outpost" => Ok(()),
            other => {
                // unverified: the text for another word.
                let text = format!("Value ({other}) for parameter locationType is invalid.");
                Err(Fault::new("InvalidParameterValue", text))
            }
        }
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:DescribeInstanceTypeOfferings")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Read for DescribeInstanceTypeOfferings {
    fn read(self, ask: &Ask<'_>) -> Result<InstanceTypeOfferingsOutput, Fault> {
        let filters = Filters::new(&self.filter, FIELDS, false)?;
        let key = |offering: &InstanceTypeOffering| {
            format!("{} {}", offering.instance_type, offering.location)
        };
        let after = self.next_token.as_deref().map(page::read_token).transpose()?;
        let offerings = catalogue::instance_type_names().flat_map(|name| {
            self.locations(ask, name).into_iter().map(move |location| (name, location))
        });
        let mut items: Vec<InstanceTypeOffering> = offerings
            .map(|(instance_type, location)| InstanceTypeOffering {
                instance_type,
                location_type: self.location_type().to_owned(),
                location,
            })
            .filter(|offering| filters.match_all(ask, offering, ""))
            .collect();
        items.sort_by_key(key);
        items.retain(|offering| after.as_ref().is_none_or(|after| key(offering) > *after));
        let page = page::cut(items, self.max_results, key);
        Ok(InstanceTypeOfferingsOutput {
            instance_type_offering_set: page.items,
            next_token: page.next_token,
        })
    }
}

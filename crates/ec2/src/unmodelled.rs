//! Parameters that EC2 knows and that are not modelled here: they are refused by name, never ignored.

use cloud::Fault;

/// The parameters of one request that are not modelled.
#[derive(Debug)]
pub struct Unmodelled {
    operation: &'static str,
    given: Option<&'static str>,
}

impl Unmodelled {
    /// None yet.
    #[must_use]
    pub fn new(operation: &'static str) -> Self {
        Self { operation, given: None }
    }

    /// One that says something only if it is true.
    #[must_use]
    pub fn flag(mut self, parameter: &'static str, is_set: bool) -> Self {
        if is_set {
            self.given.get_or_insert(parameter);
        }
        self
    }

    /// One that says something if it is there.
    #[must_use]
    pub fn value<T>(self, parameter: &'static str, value: Option<&T>) -> Self {
        self.flag(parameter, value.is_some())
    }

    /// The verdict.
    ///
    /// # Errors
    /// `NotImplemented`, naming the first parameter that was given.
    pub fn finish(self) -> Result<(), Fault> {
        let Some(parameter) = self.given else { return Ok(()) };
        let text = format!(
            "rolecall does not model `{parameter}` of {} yet: leave it out, or see \
             docs/fidelity/ec2-network.md",
            self.operation
        );
        Err(Fault::new("NotImplemented", text))
    }
}

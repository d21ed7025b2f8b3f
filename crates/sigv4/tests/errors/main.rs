//! Every error: a request that has it, and what each family of services answers to it.

#[cfg(test)]
mod form;
#[cfg(test)]
mod scope_and_time;
#[cfg(test)]
mod sent;
#[cfg(test)]
mod signature;

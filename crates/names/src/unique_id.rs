//! The unique ids of IAM: `AROA…`, `AKIA…` and their like.
//!
//! A prefix tells the kind; the characters behind it are base32 (`A-Z2-7`) and start with a set bit
//! and the 40 bits of the account id, so that an access key tells its account (observed by several
//! public tools; AWS documents the prefixes only).

use crate::account::AccountId;
use crate::entropy::Entropy;

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Characters that hold the set bit and the account: 41 bits in 9 characters, 4 bits to spare.
const ACCOUNT_CHARACTERS: usize = 9;

/// What an id is of (user guide, "IAM identifiers").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IdKind {
    /// `AROA`
    Role,
    /// `AIPA`
    InstanceProfile,
    /// `AIDA`
    User,
    /// `AGPA`
    Group,
    /// `ANPA`
    ManagedPolicy,
    /// `AKIA`: a long-term access key.
    AccessKey,
    /// `ASIA`: a temporary access key.
    TemporaryAccessKey,
}

impl IdKind {
    /// The four letters that ids of this kind start with.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Role => "AROA",
            Self::InstanceProfile => "AIPA",
            Self::User => "AIDA",
            Self::Group => "AGPA",
            Self::ManagedPolicy => "ANPA",
            Self::AccessKey => "AKIA",
            Self::TemporaryAccessKey => "ASIA",
        }
    }

    /// Characters of an id, the prefix included.
    #[must_use]
    pub fn length(self) -> usize {
        match self {
            Self::AccessKey | Self::TemporaryAccessKey => 20,
            _ => 21,
        }
    }
}

/// A new id in `account`.
pub fn unique_id(kind: IdKind, account: AccountId, entropy: &mut dyn Entropy) -> String {
    let number: u64 = account.as_str().parse().unwrap_or_default();
    let mut spare = [0_u8; 1];
    entropy.fill(&mut spare);
    // 45 bits: the set bit, 40 bits of account, 4 random bits.
    let bits = (1 << 44) | (number << 4) | u64::from(spare[0] & 0xf);
    let mut id = String::with_capacity(kind.length());
    id.push_str(kind.prefix());
    for index in (0..ACCOUNT_CHARACTERS).rev() {
        let digit = usize::try_from((bits >> (5 * index)) & 0x1f).unwrap_or_default();
        id.extend(ALPHABET.get(digit).map(|letter| char::from(*letter)));
    }
    let rest = kind.length() - id.len();
    id.push_str(&entropy.text(ALPHABET, rest));
    id
}

/// The account that an access key's id holds; `None` for ids of another form.
#[must_use]
pub fn access_key_account(id: &str) -> Option<AccountId> {
    let body = id.strip_prefix("AKIA").or_else(|| id.strip_prefix("ASIA"))?;
    let mut bits: u64 = 0;
    for letter in body.bytes().take(ACCOUNT_CHARACTERS) {
        let digit = ALPHABET.iter().position(|known| *known == letter)?;
        bits = (bits << 5) | u64::try_from(digit).ok()?;
    }
    if body.len() != 16 || bits >> 44 != 1 {
        return None;
    }
    let mut number = (bits >> 4) & 0xff_ffff_ffff;
    // The account of every request is looked up this way.
    let mut digits = [b'0'; 12];
    for digit in digits.iter_mut().rev() {
        *digit += u8::try_from(number % 10).ok()?;
        number /= 10;
    }
    std::str::from_utf8(&digits).ok().filter(|_| number == 0)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Zero;

    impl Entropy for Zero {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    #[test]
    fn ids_have_their_form_and_hold_the_account() {
        let account: AccountId = "581039954779".parse().unwrap();
        for kind in [IdKind::Role, IdKind::AccessKey, IdKind::TemporaryAccessKey, IdKind::User] {
            let id = unique_id(kind, account, &mut Zero);
            assert_eq!(id.len(), kind.length());
            assert!(id.starts_with(kind.prefix()));
        }
        let key = unique_id(IdKind::AccessKey, account, &mut Zero);
        assert_eq!(access_key_account(&key), Some(account));
        // A published example of the scheme.
        assert_eq!(access_key_account("ASIAQNZGKIQY56JQ7WML"), "029608264753".parse().ok());
        for bad in ["", "AKIA", "test", "AKIAIOSFODNN7EXAMPLE0", "AROAQNZGKIQY56JQ7WML"] {
            assert_eq!(access_key_account(bad), None, "{bad}");
        }
    }
}

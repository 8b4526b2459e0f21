//! The kinds of column there are, and which of them a column of some type can be.

use std::fmt;

use crate::types::ColumnType;

/// What a column holds, beyond its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ColumnKind {
    /// Measured numbers.
    Numerical,
    /// Counted, whole numbers.
    Integer,
    /// One of a set of values without an order.
    Categorical,
    /// One of a set of values with an order: small, medium, large.
    Ordinal,
    /// True or false.
    Boolean,
    /// A day.
    Date,
    /// A day and a time of day.
    Datetime,
    /// A time of day.
    Time,
    /// A length of time.
    Duration,
    /// Degrees north of the equator.
    Latitude,
    /// Degrees east of Greenwich.
    Longitude,
    /// A key: different in every row, without a meaning of its own.
    Identifier,
    /// Words.
    Text,
    /// A person's whole name.
    Name,
    /// A person's given name.
    FirstName,
    /// A person's family name.
    LastName,
    /// An e-mail address.
    Email,
    /// A telephone number.
    PhoneNumber,
    /// A street and a number, perhaps with a town.
    Address,
    /// A town.
    City,
    /// A postal code.
    Postcode,
    /// A number that a state gives a person.
    Ssn,
    /// The number of a payment card.
    CreditCardNumber,
    /// An internet address of version 4.
    Ipv4Address,
    /// An internet address of version 6.
    Ipv6Address,
    /// The number of a bank account.
    Iban,
    /// A name to log in with.
    UserName,
    /// A firm.
    Company,
    /// The address of a page.
    Url,
}

impl ColumnKind {
    /// Every kind.
    pub const ALL: [Self; 29] = [
        Self::Numerical,
        Self::Integer,
        Self::Categorical,
        Self::Ordinal,
        Self::Boolean,
        Self::Date,
        Self::Datetime,
        Self::Time,
        Self::Duration,
        Self::Latitude,
        Self::Longitude,
        Self::Identifier,
        Self::Text,
        Self::Name,
        Self::FirstName,
        Self::LastName,
        Self::Email,
        Self::PhoneNumber,
        Self::Address,
        Self::City,
        Self::Postcode,
        Self::Ssn,
        Self::CreditCardNumber,
        Self::Ipv4Address,
        Self::Ipv6Address,
        Self::Iban,
        Self::UserName,
        Self::Company,
        Self::Url,
    ];

    /// The kinds of personal data.
    pub const PERSONAL: [Self; 16] = [
        Self::Name,
        Self::FirstName,
        Self::LastName,
        Self::Email,
        Self::PhoneNumber,
        Self::Address,
        Self::City,
        Self::Postcode,
        Self::Ssn,
        Self::CreditCardNumber,
        Self::Ipv4Address,
        Self::Ipv6Address,
        Self::Iban,
        Self::UserName,
        Self::Company,
        Self::Url,
    ];

    /// The kind in one lower-case word, as it is written in metadata.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Numerical => "numerical",
            Self::Integer => "integer",
            Self::Categorical => "categorical",
            Self::Ordinal => "ordinal",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Datetime => "datetime",
            Self::Time => "time",
            Self::Duration => "duration",
            Self::Latitude => "latitude",
            Self::Longitude => "longitude",
            Self::Identifier => "identifier",
            Self::Text => "text",
            Self::Name => "name",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Email => "email",
            Self::PhoneNumber => "phone_number",
            Self::Address => "address",
            Self::City => "city",
            Self::Postcode => "postcode",
            Self::Ssn => "ssn",
            Self::CreditCardNumber => "credit_card_number",
            Self::Ipv4Address => "ipv4_address",
            Self::Ipv6Address => "ipv6_address",
            Self::Iban => "iban",
            Self::UserName => "user_name",
            Self::Company => "company",
            Self::Url => "url",
        }
    }

    /// Whether it says something about a person, so that its values are made anew and none of them is given back.
    #[must_use]
    pub fn is_personal(self) -> bool {
        Self::PERSONAL.contains(&self)
    }

    /// Whether its values are learned, rather than made anew.
    #[must_use]
    pub fn is_modelled(self) -> bool {
        !self.is_personal() && !matches!(self, Self::Identifier | Self::Text)
    }

    /// The kind a column of this type has when it is asked to be of this kind, or none when it can't be: a number in a
    /// column of whole numbers is whole, a moment in a column of days is a day. With a format, words can be numbers and
    /// moments.
    pub(crate) fn settled(self, column: &ColumnType, has_format: bool) -> Option<Self> {
        use ColumnType as Type;
        let whole = matches!(
            column,
            Type::Int8
                | Type::Int16
                | Type::Int32
                | Type::Int64
                | Type::UInt8
                | Type::UInt16
                | Type::UInt32
                | Type::UInt64
        );
        let fraction = matches!(column, Type::Float32 | Type::Float64 | Type::Decimal { .. });
        match (self, column) {
            (_, Type::Null) | (Self::Categorical, _) | (Self::Text, Type::Categorical { .. } | Type::Enum { .. }) => {
                Some(Self::Categorical)
            }
            (Self::Numerical | Self::Integer, _) if fraction => Some(Self::Numerical),
            (Self::Numerical | Self::Integer, _) if whole => Some(Self::Integer),
            (Self::Latitude | Self::Longitude, _) if whole || fraction => Some(self),
            (Self::Boolean, Type::Boolean) => Some(Self::Boolean),
            (Self::Boolean, _) => Some(Self::Categorical),
            (Self::Date | Self::Datetime, Type::Date) => Some(Self::Date),
            (Self::Date | Self::Datetime, Type::Datetime { .. }) => Some(Self::Datetime),
            (Self::Date | Self::Datetime | Self::Time | Self::Numerical | Self::Integer, Type::String)
                if has_format =>
            {
                Some(self)
            }
            (Self::Ordinal, _)
            | (Self::Time, Type::Time)
            | (Self::Duration, Type::Duration { .. })
            | (Self::Identifier | Self::Text, Type::String) => Some(self),
            (Self::Identifier, _) if whole => Some(self),
            (_, Type::String | Type::Categorical { .. }) if self.is_personal() => Some(self),
            (_, Type::Enum { .. }) if self.is_personal() => Some(Self::Categorical),
            (Self::PhoneNumber | Self::Ssn | Self::Postcode | Self::CreditCardNumber, _) if whole => Some(self),
            _ => None,
        }
    }
}

impl fmt::Display for ColumnKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}

//! Where the made-up stores stand: real cities of the United States, with where they lie and how their postal codes begin.

/// A city, its state and region, its coordinates in degrees, and the first three digits of its postal codes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    pub(super) city: &'static str,
    pub(super) state: &'static str,
    pub(super) region: &'static str,
    pub(super) latitude: f64,
    pub(super) longitude: f64,
    pub(super) postal: &'static str,
}

const fn place(
    region: &'static str,
    state: &'static str,
    city: &'static str,
    (latitude, longitude): (f64, f64),
    postal: &'static str,
) -> Place {
    Place { city, state, region, latitude, longitude, postal }
}

/// Every city there is a store in.
pub(super) const PLACES: [Place; 21] = [
    place("Northeast", "New York", "New York", (40.7128, -74.0060), "100"),
    place("Northeast", "New York", "Buffalo", (42.8864, -78.8784), "142"),
    place("Northeast", "Massachusetts", "Boston", (42.3601, -71.0589), "021"),
    place("Northeast", "Pennsylvania", "Philadelphia", (39.9526, -75.1652), "191"),
    place("Northeast", "Pennsylvania", "Pittsburgh", (40.4406, -79.9959), "152"),
    place("Midwest", "Illinois", "Chicago", (41.8781, -87.6298), "606"),
    place("Midwest", "Illinois", "Springfield", (39.7817, -89.6501), "627"),
    place("Midwest", "Ohio", "Cincinnati", (39.1031, -84.5120), "452"),
    place("Midwest", "Ohio", "Columbus", (39.9612, -82.9988), "432"),
    place("Midwest", "Michigan", "Detroit", (42.3314, -83.0458), "482"),
    place("South", "Texas", "Houston", (29.7604, -95.3698), "770"),
    place("South", "Texas", "Dallas", (32.7767, -96.7970), "752"),
    place("South", "Texas", "Austin", (30.2672, -97.7431), "787"),
    place("South", "Georgia", "Atlanta", (33.7490, -84.3880), "303"),
    place("South", "Florida", "Miami", (25.7617, -80.1918), "331"),
    place("South", "Florida", "Tampa", (27.9506, -82.4572), "336"),
    place("West", "California", "Los Angeles", (34.0522, -118.2437), "900"),
    place("West", "California", "San Francisco", (37.7749, -122.4194), "941"),
    place("West", "California", "San Diego", (32.7157, -117.1611), "921"),
    place("West", "Washington", "Seattle", (47.6062, -122.3321), "981"),
    place("West", "Colorado", "Denver", (39.7392, -104.9903), "802"),
];

//! Positions in the vectors of a resolved plan, one type for each, so that they cannot be mixed up.

macro_rules! id {
    ($($name:ident)*) => {$(
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u32);

        impl $name {
            pub(crate) fn new(index: usize) -> $name {
                $name(index as u32)
            }

            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

id!(HostId ExternalId ClusterId PoolId NamespaceId ServiceId TenantId RuntimeId InstallId);

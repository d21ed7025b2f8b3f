//! `DeleteVolume`

use cloud::{Act, Fault};

use super::VolumeRow;
use super::modify::ModificationRow;
use crate::describe::delete_operation;
use crate::regional;

delete_operation!(DeleteVolume { volume_id } of VolumeRow = delete);

fn delete(act: &mut Act<'_, '_>, volume: &VolumeRow) -> Result<(), Fault> {
    if let Some(instance) = &volume.instance_id {
        let text = format!("Volume {} is currently attached to {instance}", volume.id);
        return Err(Fault::new("VolumeInUse", text));
    }
    let key = regional::key(&volume.region, &volume.id);
    act.tx.delete::<ModificationRow>(volume.account.as_str(), &key)?;
    regional::delete::<VolumeRow>(act, &volume.id)
}

"""Pictures on which models are fitted and measured: crops, samples, augmentation."""

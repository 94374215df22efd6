"""Pictures that models are fitted and measured on: crops, samples, augmentation."""

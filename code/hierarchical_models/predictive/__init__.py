"""What the models say of new observations and of new groups: one declaration for each model."""

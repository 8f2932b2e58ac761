namespace ActorTrain.Lane;

/// <summary>The owner of a slice's memory, notified when the slice has been read.</summary>
internal interface ITensorOwner
{
    /// <summary>A slice was released: called once per slice, on any thread.</summary>
    void Released();
}

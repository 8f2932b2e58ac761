namespace ActorTrain.Lane;

/// <summary>Whoever is to hear that a slice has been read.</summary>
internal interface ITensorOwner
{
    /// <summary>A slice of it was released: each slice says so once, on any thread.</summary>
    void Released();
}

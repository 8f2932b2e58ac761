using System.Globalization;

namespace ActorTrain.Torch.Data;

/// <summary>Checks the targets of samples.</summary>
internal static class Targets
{
    /// <exception cref="ActorTrainException">The class is invalid; the message names the sample.</exception>
    public static void CheckClass(string dataset, string which, int index, float target, int classes)
    {
        if (target >= 0 && target < classes && target == MathF.Floor(target))
            return;
        throw new ActorTrainException(
            $"data set {dataset}: {which} sample {index} has class {target.ToString(CultureInfo.InvariantCulture)}; "
                + $"it must be a whole number from 0 to {classes - 1}"
        );
    }
}

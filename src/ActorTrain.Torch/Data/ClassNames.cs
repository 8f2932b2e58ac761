using ActorTrain.Sentences;

namespace ActorTrain.Torch.Data;

/// <summary>Checks the names of a data set's classes.</summary>
internal static class ClassNames
{
    /// <exception cref="ActorTrainException">There are names, but not one a class.</exception>
    public static void Check(string dataset, IReadOnlyList<string> names, int classes)
    {
        if (names.Count == 0)
            return;
        if (names.Count != classes)
            throw new ActorTrainException(
                $"data set {dataset}: it has {Plural.Format(classes, "class", "classes")}, and the number of their "
                    + $"names is {names.Count}; each class must have one"
            );
        if (names.Any(string.IsNullOrWhiteSpace))
            throw new ActorTrainException(
                $"data set {dataset}: a class has an empty name; where there are names, each class must have one"
            );
        if (names.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new ActorTrainException(
                $"data set {dataset}: two classes are named {twice.Key}; each must have a name of its own"
            );
    }
}

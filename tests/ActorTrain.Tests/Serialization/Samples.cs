using System.Collections;
using System.Reflection;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Parameters;
using Akka.Actor;

namespace ActorTrain.Tests.Serialization;

/// <summary>
/// Creates a value of any type inside messages, by reflection, so that a new message is tested automatically.
/// </summary>
internal sealed class Samples(IActorRef actor)
{
    private int _count;

    public object Of(Type type)
    {
        _count++;
        if (Nullable.GetUnderlyingType(type) is { } inner)
            return Of(inner);
        if (type == typeof(string))
            return $"text {_count}";
        if (type == typeof(bool))
            return true;
        if (type.IsEnum)
            return Enum.GetValues(type).GetValue(Enum.GetValues(type).Length - 1)!;
        if (type.IsPrimitive)
            return Convert.ChangeType(_count % 100, type);
        if (type == typeof(DateTimeOffset))
            return DateTimeOffset.UnixEpoch.AddSeconds(_count);
        if (type == typeof(IActorRef))
            return actor;
        // They must be inside the tensor that they are sent with.
        if (type == typeof(FlatRange[]))
            return new[] { new FlatRange(1, 2), new FlatRange(5, 1) };
        if (type == typeof(TensorSlice))
            return TensorSlice.From(new float[] { _count, 0, 0, 0, 0, 0, 0 });
        if (type == typeof(CheckpointInterval))
            return CheckpointInterval.Epochs(_count);
        if (type == typeof(ParameterLayout))
            return ParameterLayout.Create([($"tensor {_count}", [2, 3]), ("scalar", [])]);
        if (type == typeof(IReadOnlyDictionary<string, string>))
            return new Dictionary<string, string> { ["key"] = $"value {_count}" };
        if (type.IsArray)
            return ArrayOf(type.GetElementType()!);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
            return ListOf(type.GetGenericArguments()[0]);
        if (type == typeof(OptimizerOptions))
            return Of(typeof(CustomOptimizer));
        var constructor = type.GetConstructors()
            .OrderByDescending(candidate => candidate.GetParameters().Length)
            .First();
        var parameters = constructor.GetParameters();
        var value = constructor.Invoke([.. parameters.Select(parameter => Of(parameter.ParameterType))]);
        var given = parameters.Select(parameter => parameter.Name).ToHashSet();
        foreach (var property in type.GetProperties())
            if (property.CanWrite && !given.Contains(property.Name))
                property.SetValue(value, Of(property.PropertyType));
        return value;
    }

    private Array ArrayOf(Type element)
    {
        var array = Array.CreateInstance(element, 2);
        for (var i = 0; i < 2; i++)
            array.SetValue(Of(element), i);
        return array;
    }

    // Alternates between an array, a list, and the compiler's type of a collection expression.
    private object ListOf(Type element)
    {
        var array = ArrayOf(element);
        return (_count % 3) switch
        {
            0 => array,
            1 => Activator.CreateInstance(typeof(List<>).MakeGenericType(element), array)!,
            _ => typeof(Samples)
                .GetMethod(nameof(Expression), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(element)
                .Invoke(null, [array])!,
        };
    }

    private static IReadOnlyList<T> Expression<T>(IEnumerable array) => [.. array.Cast<T>()];
}

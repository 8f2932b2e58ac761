using System.Reflection;
using ActorTrain.Serialization;

namespace ActorTrain.Tests;

/// <summary>Who may know whom.</summary>
public sealed class ArchitectureTests
{
    private static readonly Assembly Core = typeof(IWireMessage).Assembly;

    [Fact]
    public void The_runtime_knows_nothing_of_torch() =>
        Core.GetReferencedAssemblies()
            .ShouldAllBe(assembly => !assembly.Name!.Contains("Torch", StringComparison.OrdinalIgnoreCase));

    [
        Theory,
        InlineData("Sentences"),
        InlineData("Job"),
        InlineData("Parameters"),
        InlineData("Leases"),
        InlineData("Staleness"),
        InlineData("Consistency")
    ]
    public void Decisions_know_nothing_of_actors(string folder)
    {
        var types = Core.GetTypes()
            .Where(type =>
                type.Namespace == $"ActorTrain.{folder}" && !type.Name.EndsWith("Reader", StringComparison.Ordinal)
            )
            .ToList();
        types.ShouldNotBeEmpty();
        foreach (var type in types)
            TypesIn(type)
                .Where(used => used.Namespace?.StartsWith("Akka.Actor", StringComparison.Ordinal) == true)
                .ShouldBeEmpty(type.FullName);
    }

    [Fact]
    public void Nobody_but_a_program_s_entry_knows_the_command_line() =>
        Core.GetTypes()
            .Where(type =>
                type.Namespace?.StartsWith("ActorTrain.CommandLine", StringComparison.Ordinal) != true
                && !type.Name.Contains('<', StringComparison.Ordinal)
            )
            .Where(type =>
                TypesIn(type)
                    .Any(used =>
                        used.Namespace is { } space
                        && (
                            space.StartsWith("ActorTrain.CommandLine", StringComparison.Ordinal)
                            || space.StartsWith("System.CommandLine", StringComparison.Ordinal)
                            || space.StartsWith("Spectre", StringComparison.Ordinal)
                        )
                    )
            )
            .ShouldBeEmpty();

    [Fact]
    public void A_tensor_is_in_no_message_that_travels_by_akka() =>
        WireTypes.Messages.ShouldAllBe(message => !TypesIn(message).Contains(typeof(ActorTrain.Lane.TensorSlice)));

    [Fact]
    public void Messages_cannot_be_changed() =>
        WireTypes
            .Messages.SelectMany(message => message.GetProperties())
            .Where(property =>
                property.SetMethod is { } set
                && !set
                    .ReturnParameter.GetRequiredCustomModifiers()
                    .Contains(typeof(System.Runtime.CompilerServices.IsExternalInit))
            )
            .ShouldBeEmpty();

    private static HashSet<Type> TypesIn(Type type)
    {
        const BindingFlags all =
            BindingFlags.Public
            | BindingFlags.NonPublic
            | BindingFlags.Instance
            | BindingFlags.Static
            | BindingFlags.DeclaredOnly;
        return
        [
            .. type.GetFields(all).Select(field => field.FieldType),
            .. type.GetProperties(all).Select(property => property.PropertyType),
            .. type.GetMethods(all)
                .SelectMany(method =>
                    method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType)
                ),
            .. type.GetConstructors(all)
                .SelectMany(constructor => constructor.GetParameters().Select(parameter => parameter.ParameterType)),
        ];
    }
}

using Mono.Cecil;
using Mono.Cecil.Rocks;

namespace ActorTrain.Tests.Architecture;

/// <summary>A type of one folder uses a type of another, of its own, or of another assembly.</summary>
/// <param name="Folder">The folder: the second part of the namespace.</param>
/// <param name="Type">The type.</param>
/// <param name="Used">The folder of the type that it uses; null for one of another assembly.</param>
/// <param name="UsedType">That type, with its namespace where it is of another assembly.</param>
internal sealed record FolderUse(string Folder, string Type, string? Used, string UsedType)
{
    private const string Root = nameof(ActorTrain);

    /// <summary>All uses within an assembly, read from its compiled types.</summary>
    public static IEnumerable<FolderUse> AllOf(string assembly)
    {
        using var module = ModuleDefinition.ReadModule(assembly);
        return
        [
            .. module
                .GetAllTypes()
                .Where(type => FolderOf(type) is not null)
                .SelectMany(type =>
                    TypesIn(type)
                        .SelectMany(Parts)
                        .Select(used =>
                            used.Scope == module && FolderOf(used) is { } folder
                                ? new FolderUse(FolderOf(type)!, Outermost(type).Name, folder, Outermost(used).Name)
                                : new FolderUse(FolderOf(type)!, Outermost(type).Name, null, Outermost(used).FullName)
                        )
                )
                .Distinct(),
        ];
    }

    private static string? FolderOf(TypeReference type) =>
        Outermost(type).Namespace.Split('.') switch
        {
            [Root] => "(root)",
            [Root, var folder, ..] => folder,
            _ => null,
        };

    private static TypeReference Outermost(TypeReference type) =>
        type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static IEnumerable<TypeReference> TypesIn(TypeDefinition type) =>
        [
            type,
            .. type.BaseType is { } inherited ? [inherited] : Array.Empty<TypeReference>(),
            .. type.Interfaces.Select(implemented => implemented.InterfaceType),
            .. type.CustomAttributes.Select(attribute => attribute.AttributeType),
            .. type.Fields.Select(field => field.FieldType),
            .. type.Methods.SelectMany(TypesIn),
        ];

    private static IEnumerable<TypeReference> TypesIn(MethodDefinition method) =>
        [
            .. Signature(method),
            .. method.CustomAttributes.Select(attribute => attribute.AttributeType),
            .. method.HasBody
                ?
                [
                    .. method.Body.Variables.Select(variable => variable.VariableType),
                    .. method
                        .Body.ExceptionHandlers.Where(handler => handler.CatchType is not null)
                        .Select(handler => handler.CatchType),
                    .. method.Body.Instructions.SelectMany(instruction => TypesIn(instruction.Operand)),
                ]
                : Array.Empty<TypeReference>(),
        ];

    private static IEnumerable<TypeReference> TypesIn(object? operand) =>
        operand switch
        {
            TypeReference type => [type],
            FieldReference field => [field.DeclaringType, field.FieldType],
            GenericInstanceMethod generic => [.. generic.GenericArguments, .. Signature(generic)],
            MethodReference method => Signature(method),
            _ => [],
        };

    private static IEnumerable<TypeReference> Signature(MethodReference method) =>
        [method.DeclaringType, method.ReturnType, .. method.Parameters.Select(parameter => parameter.ParameterType)];

    // A list of arrays of a type uses the type, too.
    private static IEnumerable<TypeReference> Parts(TypeReference type) =>
        type switch
        {
            GenericParameter => [],
            GenericInstanceType generic => [generic.ElementType, .. generic.GenericArguments.SelectMany(Parts)],
            IModifierType modified => Parts(modified.ElementType),
            TypeSpecification composed => Parts(composed.ElementType),
            _ => [type],
        };
}

using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Reflection;
using System.Reflection.Emit;

namespace ActorTrain.Torch.Engine;

/// <summary>
/// Finds the fields that a function reads or writes, by its IL. A lambda shares one closure object with the other
/// lambdas of its method: only the fields that it reads are its own.
/// </summary>
internal static class FieldAccess
{
    private const int MaxDepth = 4;

    private static readonly FrozenDictionary<short, OpCode> OpCodesByValue = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToFrozenDictionary(code => code.Value);

    /// <summary>The fields that a function mentions, itself and in the methods of its assembly that it calls.</summary>
    public static IReadOnlySet<FieldInfo> ReadBy(MethodInfo function)
    {
        var (fields, seen) = (new HashSet<FieldInfo>(), new HashSet<MethodBase>());
        Add(function, function.Module.Assembly, fields, seen, 0);
        return fields;
    }

    /// <summary>The first field that a function itself writes, such as a variable that a lambda has captured; null
    /// where there is none.</summary>
    public static FieldInfo? FirstWrittenBy(Delegate? function)
    {
        foreach (var method in function?.GetInvocationList().Select(single => single.Method) ?? [])
        {
            foreach (var (code, token) in InstructionsOf(method))
            {
                // The compiler caches lambdas in fields, which are no state.
                if (
                    (code == OpCodes.Stfld || code == OpCodes.Stsfld)
                    && Resolve(method, token) is FieldInfo field
                    && !field.Name.StartsWith("<>", StringComparison.Ordinal)
                )
                    return field;
            }
        }
        return null;
    }

    private static IEnumerable<(OpCode Code, int Token)> InstructionsOf(MethodBase method)
    {
        if (IlOf(method) is not { } il)
            yield break;
        for (var at = 0; at < il.Length; )
        {
            var code = OpCodesByValue[il[at] == 0xFE ? (short)(0xFE00 | il[at + 1]) : il[at]];
            at += code.Size;
            if (code.OperandType is OperandType.InlineField or OperandType.InlineMethod)
                yield return (code, BinaryPrimitives.ReadInt32LittleEndian(il.AsSpan(at)));
            at += SizeOf(code.OperandType, il, at);
        }
    }

    private static void Add(
        MethodBase method,
        Assembly assembly,
        HashSet<FieldInfo> fields,
        HashSet<MethodBase> seen,
        int depth
    )
    {
        if (depth > MaxDepth || method.Module.Assembly != assembly || !seen.Add(method))
            return;
        foreach (var (_, token) in InstructionsOf(method))
        {
            switch (Resolve(method, token))
            {
                case FieldInfo field:
                    fields.Add(field);
                    break;
                case MethodBase called:
                    Add(called, assembly, fields, seen, depth + 1);
                    break;
            }
        }
    }

    private static MemberInfo? Resolve(MethodBase method, int token)
    {
        try
        {
            return method.Module.ResolveMember(
                token,
                method.DeclaringType?.GetGenericArguments(),
                method.IsGenericMethod ? method.GetGenericArguments() : null
            );
        }
        // A generic type with unknown arguments, or a missing assembly: there is no field to look at.
        catch (Exception e) when (e is ArgumentException or TypeLoadException or MissingMemberException or IOException)
        {
            return null;
        }
    }

    private static byte[]? IlOf(MethodBase method)
    {
        try
        {
            return method.GetMethodBody()?.GetILAsByteArray();
        }
        // A method that was created at run time, such as a compiled expression.
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static int SizeOf(OperandType type, byte[] il, int at) =>
        type switch
        {
            OperandType.InlineNone => 0,
            OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
            OperandType.InlineVar => 2,
            OperandType.InlineI8 or OperandType.InlineR => 8,
            OperandType.InlineSwitch => 4 + 4 * BinaryPrimitives.ReadInt32LittleEndian(il.AsSpan(at)),
            _ => 4,
        };
}

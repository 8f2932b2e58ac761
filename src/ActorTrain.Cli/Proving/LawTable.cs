using System.Globalization;
using ActorTrain.CommandLine.Display;
using Spectre.Console;

namespace ActorTrain.Cli.Proving;

/// <summary>The measurements of a law, as a table.</summary>
internal static class LawTable
{
    public static Table Create(MeasuredLaw law)
    {
        var table = Tables.Create("case", "predicted", "measured", "off", "tolerance", "verdict", "");
        table.Columns[^1].NoWrap = false;
        foreach (var row in law.Rows)
            Tables.AddRow(
                table,
                row.Case,
                (row.IsBound ? "≤ " : "") + Number(row.Predicted),
                Number(row.Measured),
                row.IsBound ? "" : Off(row.Measured / row.Predicted - 1),
                row.IsBound ? "" : Percent(row.Tolerance),
                row.Holds ? "holds" : "BROKEN",
                row.Note
            );
        return table;
    }

    private static string Number(double number) => number.ToString("G6", CultureInfo.InvariantCulture);

    private static string Off(double part) => part.ToString("+0.00 %;-0.00 %;0.00 %", CultureInfo.InvariantCulture);

    private static string Percent(double part) => part.ToString("0.### %", CultureInfo.InvariantCulture);
}

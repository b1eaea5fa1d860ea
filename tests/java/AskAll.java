// Asks many questions of one graph file in one process: java -cp … AskAll.java GRAPH QUERY…
// Prints one line of JSON per query, {"query": path, "ms": …, "answer": SPARQL 1.1 results JSON} or {"query": …, "error": …}.
// The default graph is the union of all graphs of the file, as it is in kg.query and in most stores.
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.jena.atlas.json.JSON;
import org.apache.jena.atlas.json.JsonObject;
import org.apache.jena.query.Dataset;
import org.apache.jena.query.DatasetFactory;
import org.apache.jena.query.Query;
import org.apache.jena.query.QueryExecution;
import org.apache.jena.query.QueryExecutionFactory;
import org.apache.jena.query.QueryFactory;
import org.apache.jena.query.ResultSetFormatter;
import org.apache.jena.query.Syntax;
import org.apache.jena.rdf.model.Model;
import org.apache.jena.rdf.model.ModelFactory;
import org.apache.jena.riot.RDFDataMgr;

public class AskAll {
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Dataset loaded = RDFDataMgr.loadDataset(arguments[0]);
        Model union = ModelFactory.createDefaultModel().add(loaded.getDefaultModel()).add(loaded.getUnionModel());
        Dataset dataset = DatasetFactory.create(union);
        loaded.listModelNames().forEachRemaining(name -> dataset.addNamedModel(name, loaded.getNamedModel(name)));
        for (int i = 1; i < arguments.length; i++) {
            JsonObject line = new JsonObject();
            line.put("query", arguments[i]);
            long begin = System.nanoTime();
            try {
                String text = Files.readString(Path.of(arguments[i]));
                Query query = QueryFactory.create(text, Syntax.syntaxSPARQL_11); // the standard, without ARQ's additions
                try (QueryExecution execution = QueryExecutionFactory.create(query, dataset)) {
                    ByteArrayOutputStream answer = new ByteArrayOutputStream();
                    if (query.isAskType()) ResultSetFormatter.outputAsJSON(answer, execution.execAsk());
                    else ResultSetFormatter.outputAsJSON(answer, execution.execSelect());
                    line.put("answer", JSON.parse(answer.toString(StandardCharsets.UTF_8)));
                }
            } catch (Exception fault) {
                line.put("error", fault.toString());
            }
            line.put("ms", (System.nanoTime() - begin) / 1_000_000);
            out.println(line.toString().replace("\n", " "));
        }
    }
}

/* SPDX-License-Identifier: MIT */
#include "demo/demo.h"

#define WORDING(english_, spanish_) ",\"wording\":{\"en\":\"" english_ "\",\"es\":\"" spanish_ "\"}}"
#define NPS(english_, spanish_)     "{\"key\":\"nps\",\"metric\":\"nps\"" WORDING(english_, spanish_)
#define CSAT(english_, spanish_)    "{\"key\":\"csat\",\"metric\":\"csat\"" WORDING(english_, spanish_)
#define CES(english_, spanish_)     "{\"key\":\"ces\",\"metric\":\"ces\"" WORDING(english_, spanish_)
#define SURVEY(english_, spanish_, questions_) \
    "{\"title\":{\"en\":\"" english_ "\",\"es\":\"" spanish_ "\"},\"questions\":[" questions_ "]}"
#define RECOMMEND NPS("How likely are you to recommend us to a friend?", "¿Nos recomendaría a un amigo?")

/* The standard questions on their standard scales, in the shop's words. */
const struct demo_survey demo_surveys[] = {
    {"post-purchase",
     SURVEY("After a purchase", "Después de una compra",
            RECOMMEND "," CSAT("How satisfied are you with your purchase?", "¿Está satisfecho con su compra?") "," CES(
                "It was easy to buy.", "Comprar fue fácil."))},
    {"post-delivery",
     SURVEY("After a delivery", "Después de una entrega",
            CSAT("How satisfied are you with the delivery?", "¿Está satisfecho con la entrega?") "," RECOMMEND "," CES(
                "It was easy to get what I ordered.", "Fue fácil recibir mi pedido."))},
    {"support",
     SURVEY("After a contact", "Después de un contacto",
            CES("It was easy to get my problem solved.", "Fue fácil resolver mi problema.") "," CSAT(
                "How satisfied are you with our help?", "¿Está satisfecho con nuestra ayuda?") "," RECOMMEND)},
    {"relationship",
     SURVEY("How we are doing", "Qué tal lo hacemos",
            RECOMMEND
            "," CSAT("How satisfied are you with us, all in all?", "¿Está satisfecho con nosotros en general?") "," CES(
                "We make things easy for you.", "Se lo ponemos fácil."))},
    {.key = NULL},
};
